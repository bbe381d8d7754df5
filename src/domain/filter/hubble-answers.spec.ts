import { describe, expect } from '@jest/globals';
import { itWithCaptures, orSkipped, readCapture, readExpected } from '../../../test/support/captures.js';
import { flowRecordOf } from '../../../test/support/make-flow.js';
import { FlowReader } from '../flow/flow-reader.js';
import type { RecordedFlow } from '../flow/flow.js';
import { recordedFlow } from '../flow/recorded-flow.js';
import { parseFilter } from './parse-filter.js';

interface Case {
  capture: string;
  args: string[];
  lines?: number[];
}

/** `--not --pod a/b --port 80` as the words that the API takes. */
function wordsOf(args: readonly string[]): Map<string, string[]> {
  const words = new Map<string, string[]>();
  let not = '';
  for (let i = 0; i < args.length; i++) {
    const flag = (args[i] ?? '').replace(/^--/, '');
    if (flag === 'not') {
      not = 'not-';
      continue;
    }
    words.set(not + flag, [...(words.get(not + flag) ?? []), args[++i] ?? '']);
    not = '';
  }
  return words;
}

/** Where a newer Hubble, which we follow, answers otherwise than the v0.12.3 that was asked. */
function newerAnswersOtherwise(words: ReadonlyMap<string, readonly string[]>): string | undefined {
  for (const [name, values] of words) {
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

const flowsOfCapture = new Map<string, RecordedFlow[]>();

/** The flows of a capture, by the line that each stands on. */
function flowsOf(capture: string): (RecordedFlow | undefined)[] {
  const known = flowsOfCapture.get(capture);
  if (known !== undefined) return known;
  const text = readCapture(`flows/json/${capture}`).toString('utf8');
  const values = text.trimStart().startsWith('[')
    ? (JSON.parse(text) as unknown[])
    : text.split('\n').map((line) => (line.trim() === '' ? undefined : (JSON.parse(line) as unknown)));
  const reader = new FlowReader();
  const flows = values.map((value) => {
    try {
      return recordedFlow(reader.read(flowRecordOf(value)), JSON.stringify(value));
    } catch {
      return undefined;
    }
  });
  flowsOfCapture.set(capture, flows as RecordedFlow[]);
  return flows;
}

const cases = (readExpected('expected/observe.json') as { cases: Case[] } | undefined)?.cases ?? [];
const differing = cases.filter(({ args }) => newerAnswersOtherwise(wordsOf(args)) !== undefined);

describe('the real hubble command', () => {
  const compared = cases.filter((asked) => !differing.includes(asked));

  function answersOtherwise({ capture, args, lines = [] }: Case): boolean {
    const { matches } = parseFilter(wordsOf(args));
    const found = flowsOf(capture).flatMap((flow, i) => (flow !== undefined && matches(flow) ? [i + 1] : []));
    return found.join() !== [...lines].sort((a, b) => a - b).join();
  }

  itWithCaptures(`prints the flows that our filters pass${orSkipped}`, () => {
    expect(compared.length).toBeGreaterThanOrEqual(651);
    const wrong = compared.filter(answersOtherwise);
    expect(wrong.map(({ capture, args }) => `${capture} ${args.join(' ')}`)).toEqual([]);
  });

  // Not compared above; named here with the reason, so that the list can be read.
  const reasonOf = ({ args }: Case) => newerAnswersOtherwise(wordsOf(args));
  for (const reason of new Set(differing.map(reasonOf))) {
    const skipped = differing.filter((asked) => reasonOf(asked) === reason);
    itWithCaptures(`is not followed in ${skipped.length} cases: ${reason}`, () => {
      expect(skipped.filter(answersOtherwise).length).toBeGreaterThan(skipped.length / 2);
    });
  }
});
