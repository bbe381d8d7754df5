import { parseArgs } from 'node:util';

/** Flags with defaults: a boolean is a switch, a number stays one, anything else is a text. Wrong ones end the process. */
export function readOptions(defaults) {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      { type: typeof value === 'boolean' ? 'boolean' : 'string' },
    ]),
  );
  try {
    const { values } = parseArgs({ options });
    const read = Object.entries(values).map(([name, value]) => [
      name,
      typeof defaults[name] === 'number' ? wholeNumber(name, value) : value,
    ]);
    return { ...defaults, ...Object.fromEntries(read) };
  } catch (error) {
    console.error(error.message);
    console.error(
      `options: ${Object.keys(defaults)
        .map((name) => `--${name}`)
        .join(' ')}`,
    );
    process.exit(2);
  }
}

function wholeNumber(name, text) {
  if (/^[1-9][0-9_]*$/.test(text)) return Number(text.replaceAll('_', ''));
  throw new Error(`--${name}: ${text} is no whole number above 0`);
}
