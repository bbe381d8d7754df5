/**
 * An object's JSON with one member more whose value is JSON already. Records go out as the text that
 * came in: parsed and written again, a 64-bit number would lose digits.
 */
export function withRawMember(object: object, name: string, json: string): string {
  const rest = JSON.stringify(object).slice(1);
  return `{${JSON.stringify(name)}:${json}${rest === '}' ? '' : ','}${rest}`;
}

export function rawList(records: readonly { record: string }[]): string {
  return `[${records.map(({ record }) => record).join(',')}]`;
}

/** An object's JSON with the members of another one that is JSON already behind its own. */
export function withRawMembers(object: object, json: string): string {
  if (json === '{}') return JSON.stringify(object);
  return `${JSON.stringify(object).slice(0, -1)},${json.slice(1)}`;
}
