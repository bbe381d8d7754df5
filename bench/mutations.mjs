// What happens to captures on their way: each takes text as latin1, so that bytes stay bytes.

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  ':',
  '\n',
  '\r\n',
  '\0',
  '\xff',
  '\xc3',
  '-@',
  '{"flow":',
  '"l7"',
  'null',
];
const NUMBERS = [
  '18446744073709551615',
  '9007199254740993',
  '-0',
  '1e400',
  '1E-5',
  '0.10',
  '00',
  '-',
  '65536',
];

const upTo = (random, n) => Math.floor(random() * n);
const pick = (random, list) => list[upTo(random, list.length)];

const flipBit = (text, random) => {
  const at = upTo(random, text.length);
  const code = text.charCodeAt(at) ^ (1 << upTo(random, 8));
  return text.slice(0, at) + String.fromCharCode(code & 0xff) + text.slice(at + 1);
};
const truncate = (text, random) => text.slice(0, upTo(random, text.length));
const behead = (text, random) => text.slice(upTo(random, text.length));
const remove = (text, random) => {
  const at = upTo(random, text.length);
  return text.slice(0, at) + text.slice(at + 1 + upTo(random, 40));
};
const splice = (text, random, other) => {
  const from = upTo(random, other.length);
  const at = upTo(random, text.length);
  return text.slice(0, at) + other.slice(from, from + upTo(random, 400)) + text.slice(at);
};
const insertToken = (text, random) => {
  const at = upTo(random, text.length);
  return text.slice(0, at) + pick(random, TOKENS) + text.slice(at);
};
const repeatPart = (text, random) => {
  const from = upTo(random, text.length);
  const part = text.slice(from, from + upTo(random, 200));
  return text.slice(0, from) + part + text.slice(from);
};

/** The n-th match is replaced. */
function replaceOne(text, pattern, random, replace) {
  const count = text.match(pattern)?.length ?? 0;
  if (count === 0) return text;
  let left = upTo(random, count);
  return text.replace(pattern, (...found) => (left-- === 0 ? replace(...found) : found[0]));
}
const changeNumber = (text, random) =>
  replaceOne(text, /(?<=":)-?\d[\d.]*/g, random, () => pick(random, NUMBERS));
const duplicateKey = (text, random) =>
  replaceOne(
    text,
    /"\w+":(?:"[^"\\]*"|\d+),/g,
    random,
    (member) => member + member.replace(/:.*/, ':"twice",'),
  );
const swapMembers = (text, random) =>
  replaceOne(
    text,
    /("\w+":(?:"[^"\\]*"|\d+|true|false)),("\w+":(?:"[^"\\]*"|\d+|true|false))/g,
    random,
    (_, a, b) => `${b},${a}`,
  );
const space = (text, random) =>
  replaceOne(
    text,
    /":|,"/g,
    random,
    (found) => `${found[0]} ${pick(random, ['', '\n', '\t', '\r\n  '])}${found[1]}`,
  );
const windowsBreaks = (text) => text.replaceAll('\n', '\r\n');
const oneArray = (text) => `[${text.trim().replaceAll('\n', ',')}]`;
const noBreaks = (text) => text.replaceAll('\n', '');
const pretty = (text) => text.replaceAll('{"', '{\n  "').replaceAll(',"', ',\n  "');
const eachLine = (text, change) => text.replaceAll(/^.+$/gm, change);
const TAG = '2026-06-01T10:00:00.1Z stdout';
/** As the log of a container has lines, the longer ones in pieces. */
const inContainer = (text, random) => {
  const length = 1 + upTo(random, 4_000);
  return eachLine(text, (line) =>
    line.length > length
      ? `${TAG} P ${line.slice(0, length)}\n${TAG} F ${line.slice(length)}`
      : `${TAG} F ${line}`,
  );
};
/** As Docker has them. */
const inJson = (text) => eachLine(text, (line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout' }));
const escapeKey = (text, random) =>
  replaceOne(
    text,
    /"(\w)(\w*)":/g,
    random,
    (_, first, rest) => `"\\u${first.charCodeAt(0).toString(16).padStart(4, '0')}${rest}":`,
  );

/** Those that change the layout only: every record must survive them. */
export const harmless = {
  none: (text) => text,
  windowsBreaks,
  oneArray,
  noBreaks,
  pretty,
  space,
  inContainer,
  inJson,
};
export const harmful = {
  flipBit,
  truncate,
  behead,
  remove,
  splice,
  insertToken,
  repeatPart,
  changeNumber,
  duplicateKey,
  swapMembers,
  escapeKey,
};

/** Some of both; what was done is told by name. */
export function mutate(text, random, other) {
  const all = { ...harmless, ...harmful };
  const names = Array.from({ length: upTo(random, 4) }, () => pick(random, Object.keys(all)));
  return {
    names,
    text: names.reduce(
      (changed, name) => (changed === '' ? changed : all[name](changed, random, other)),
      text,
    ),
  };
}
