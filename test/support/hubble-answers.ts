import { filterSwitches } from '../../src/domain/filter/parse-filter.js';
import { readCapture, readExpected } from './captures.js';

/** What the real `hubble observe --input-file CAPTURE ARGS` answered: numbers of lines, in its order. */
export interface HubbleCase {
  capture: string;
  args: string[];
  lines?: number[];
}

/** Every question that the real command was asked; none where the captures are not there. */
export const hubbleCases: readonly HubbleCase[] =
  (readExpected('expected/observe.json') as { cases: HubbleCase[] } | undefined)?.cases ?? [];

/** `--not --pod a/b --port 80` as the words that the API takes. */
export function wordsOf(args: readonly string[]): Map<string, string[]> {
  const words = new Map<string, string[]>();
  let not = '';
  for (let i = 0; i < args.length; i++) {
    const flag = (args[i] ?? '').replace(/^--/, '');
    if (flag === 'not') {
      not = 'not-';
      continue;
    }
    const value = filterSwitches.has(flag) ? 'true' : (args[++i] ?? '');
    words.set(not + flag, [...(words.get(not + flag) ?? []), value]);
    not = '';
  }
  return words;
}

/** Why a newer Hubble, which we follow, answers otherwise than the v0.12.3 that was asked; undefined where it does not. */
export function newerAnswersOtherwise({ args }: HubbleCase): string | undefined {
  for (const [name, values] of wordsOf(args)) {
    if (name.endsWith('label') && values.some(hasDottedKeyWithoutSource)) {
      return 'v0.12.3 took the part of a key before its first dot for the source of the label';
    }
    if (name.endsWith('pod') && values.some((value) => value.startsWith('/'))) {
      return 'v0.12.3 took /prefix for the namespace `default`; today it is any namespace';
    }
  }
  return undefined;
}

/** `io.cilium/x=y`, not `k8s:io.cilium/x=y`. */
function hasDottedKeyWithoutSource(selector: string): boolean {
  return selector
    .split(/,(?![^(]*\))/)
    .some((part) => /^!?[^:=!\s]*\.[^:=!\s]*(?:[=!\s]|$)/.test(part.trim()));
}

/** The records of a capture by the line that each stands on (in an array: by position), from 0. */
export function recordsByLine(capture: string): unknown[] {
  const text = readCapture(`flows/json/${capture}`).toString('utf8');
  if (text.trimStart().startsWith('[')) return JSON.parse(text) as unknown[];
  return text.split('\n').map((line) => (line.trim() === '' ? undefined : (JSON.parse(line) as unknown)));
}
