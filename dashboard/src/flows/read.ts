/** Readers for records that may hold anything: what is not as expected counts as absent. */
export function at(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key] ?? undefined;
}

export function str(value: unknown, key: string): string {
  const found = at(value, key);
  if (typeof found === 'string') return found;
  return typeof found === 'number' ? String(found) : '';
}

export function num(value: unknown, key: string): number | null {
  const found = at(value, key);
  return typeof found === 'number' ? found : null;
}

export function items(value: unknown, key: string): unknown[] {
  const found = at(value, key);
  return Array.isArray(found) ? found : [];
}
