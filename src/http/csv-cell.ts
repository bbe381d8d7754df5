import { visible } from '../domain/visible.js';

/** One line of RFC 4180. Names come from the network: none of them breaks the line, or reaches a terminal as it is. */
export function csvLineOf(values: readonly (string | number)[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/** A cell that a spreadsheet would take for a formula is made text by a leading quote. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const shown = visible(value);
  const text = /^[=+\-@]/.test(shown) ? `'${shown}` : shown;
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
