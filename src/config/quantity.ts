/** Milliseconds of a duration such as `90m`, `36h`, `7d` or `2w`; undefined for any other text. */
export function readDuration(text: string): number | undefined {
  return readQuantity(text, DURATIONS);
}

/** Bytes of a size such as `500MB` or `20GiB`; undefined for any other text. */
export function readBytes(text: string): number | undefined {
  return readQuantity(text, SIZES);
}

const SECOND = 1_000;
const DURATIONS = {
  s: SECOND,
  m: 60 * SECOND,
  h: 3_600 * SECOND,
  d: 86_400 * SECOND,
  w: 604_800 * SECOND,
};

const SIZES = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

function readQuantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([a-zA-Z]+)$/.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (factor === undefined) return undefined;
  const quantity = Math.round(Number(number) * factor);
  return quantity > 0 && Number.isSafeInteger(quantity) ? quantity : undefined;
}
