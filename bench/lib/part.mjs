import { parseArgs } from 'node:util';

/** The flags of the parts; `start` and `end` are bytes of the file, `lasts` is seconds. */
export function optionsOfPart() {
  const text = { type: 'string' };
  const options = { file: text, data: text, url: text, start: text, end: text, rounds: text, lasts: text };
  const { values } = parseArgs({ options });
  for (const name of ['start', 'end', 'rounds', 'lasts'])
    if (values[name] !== undefined) values[name] = Number(values[name]);
  return values;
}

/** Tells the process that started the part; with its largest resident set in bytes and its CPU seconds. */
export function told(result) {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const cpu = (userCPUTime + systemCPUTime) / 1e6;
  process.stdout.write(JSON.stringify({ ...result, peak: maxRSS * 1024, cpu }));
}
