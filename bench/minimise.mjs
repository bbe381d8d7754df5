/** Attempts to make the input smaller. */
const MOST_ATTEMPTS = 3_000;

/**
 * The smallest input found that still fails, by taking away ever smaller pieces of it: first lines, then bytes.
 * `fails(bytes)` tells whether what is left still does.
 */
export async function minimise(input, fails) {
  const state = { attempts: 0, fails };
  const lines = splitLines(input);
  const few = await reduce(lines, (kept) => Buffer.concat(kept), state);
  const bytes = await reduce([...Buffer.concat(few)], (kept) => Buffer.from(kept), state);
  return Buffer.from(bytes);
}

async function reduce(parts, join, state) {
  let kept = parts;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length && state.attempts < MOST_ATTEMPTS;) {
      const without = [...kept.slice(0, at), ...kept.slice(at + size)];
      state.attempts++;
      if (await state.fails(join(without))) kept = without;
      else at += size;
    }
  }
  return kept;
}

function splitLines(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(10, at);
    const to = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(at, to));
    at = to;
  }
  return lines;
}
