/** Of an option that may be repeated: all that was given. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
