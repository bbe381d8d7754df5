/** The colours of the map, out of the same style sheet as the rest of the page. */
const names = [
  'surface',
  'canvas',
  'box',
  'box-line',
  'text',
  'muted',
  'accent',
  'node',
  'node-line',
  'forwarded',
  'dropped',
  'mixed',
  'audit',
  'other',
] as const;

export type Palette = Record<(typeof names)[number], string>;

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    names.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || '#888888']),
  ) as Palette;
}
