import { afterAll, afterEach, describe, expect } from '@jest/globals';
import { rawFilters } from '../../src/domain/filter/parse-filter.js';
import { formatTimestamp, parseTimestamp } from '../../src/domain/flow/timestamp.js';
import type { FlowCount } from '../../src/flows/numbers.schema.js';
import { itWithCaptures, orSkipped, readCapture } from '../support/captures.js';
import {
  hubbleCases,
  newerAnswersOtherwise,
  recordsByLine,
  wordsOf,
  type HubbleCase,
} from '../support/hubble-answers.js';
import { canonical } from '../support/json-text.js';
import { ask, get, ndjson, store } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

afterEach(cleanUp);
afterAll(cleanUp);

// Which answers are not followed, and why, is told where the filters themselves are compared.
const compared = hubbleCases.filter((asked) => newerAnswersOtherwise(asked) === undefined);
const captures = [...new Set(compared.map(({ capture }) => capture))];

/** What `first` and `last` ask for. */
const FEW = 3;

/** A capture, and a server that holds it; its flows are known by the lines on which they stand. */
class Held {
  readonly #lines = new Map<string, number>();
  readonly #times = new Map<number, bigint>();

  constructor(
    readonly server: Server,
    capture: string,
  ) {
    for (const [index, record] of recordsByLine(capture).entries()) {
      const flow = (record as { flow?: { time?: string } } | undefined)?.flow;
      this.#lines.set(canonical(record), index + 1);
      this.#times.set(index + 1, parseTimestamp(flow?.time ?? '') ?? 0n);
    }
  }

  linesOf(records: readonly string[]): (number | undefined)[] {
    return records.map((text) => this.#lines.get(canonical(JSON.parse(text))));
  }

  timeOf(line: number | undefined): bigint {
    return this.#times.get(line ?? 0) ?? 0n;
  }

  /** Hubble prints a file as it stands; a store has flows by time. */
  byTime(lines: readonly number[]): number[] {
    return [...lines].sort((a, b) => Number(this.timeOf(a) - this.timeOf(b)) || a - b);
  }

  async find(query: URLSearchParams, more: Record<string, string> = {}): Promise<(number | undefined)[]> {
    const asked = new URLSearchParams([...query, ['order', 'asc'], ...Object.entries(more)]);
    return this.linesOf(await ndjson(this.server, String(asked)));
  }

  /** The filter of a case in Hubble's own JSON, as the body of a question. */
  async query(body: object): Promise<(number | undefined)[]> {
    const { text } = await ask(this.server, '/api/v1/flows/query', {
      method: 'POST',
      headers: { accept: 'application/x-ndjson' },
      body: JSON.stringify({ order: 'asc', ...body }),
    });
    return this.linesOf(text.split('\n').filter((line) => line !== ''));
  }
}

function parametersOf(words: Iterable<[name: string, values: readonly string[]]>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, values] of words) for (const value of values) parameters.append(name, value);
  return parameters;
}

/** Parts of an answer, each with what it has to be of all lines; a case is asked for one of them. */
function parts(held: Held, lines: readonly number[]): { more: Record<string, string>; wanted: number[] }[] {
  const middle = held.timeOf(lines[lines.length >> 1]);
  const time = formatTimestamp(middle);
  const since = lines.filter((line) => held.timeOf(line) >= middle);
  const until = lines.filter((line) => held.timeOf(line) <= middle);
  return [
    { more: { first: `${FEW}` }, wanted: lines.slice(0, FEW) },
    { more: { last: `${FEW}` }, wanted: lines.slice(-FEW) },
    { more: { since: time }, wanted: since },
    { more: { until: time }, wanted: until },
    { more: { since: time, first: `${FEW}` }, wanted: since.slice(0, FEW) },
    { more: { until: time, last: `${FEW}` }, wanted: until.slice(-FEW) },
  ];
}

/** What is answered to the words of a case and to its raw filters, and what has to be. */
async function answers(
  held: Held,
  asked: HubbleCase,
  nth: number,
): Promise<{ told: unknown; wanted: unknown }> {
  const words = wordsOf(asked.args);
  const query = parametersOf(words);
  const lines = held.byTime(asked.lines ?? []);
  const several = parts(held, lines);
  const part = several[nth % several.length] ?? { more: {}, wanted: lines };
  const { allowlist, denylist } = rawFilters(words);
  const [whitelist, blacklist] = [allowlist, denylist].map((list) =>
    list.map((f) => JSON.parse(f) as unknown),
  );
  const raw = parametersOf(Object.entries({ allowlist, denylist }));
  const { count } = await get<FlowCount>(held.server, `/api/v1/flows/count?${String(query)}`);
  return {
    told: {
      count,
      flows: await held.find(query),
      part: { ...part.more, lines: await held.find(raw, part.more) },
      body: await held.query({ whitelist, blacklist }),
    },
    wanted: { count: lines.length, flows: lines, part: { ...part.more, lines: part.wanted }, body: lines },
  };
}

describe('the answers of the real hubble, by REST', () => {
  itWithCaptures(`are there to be compared${orSkipped}`, () => {
    expect(compared.length).toBeGreaterThanOrEqual(651);
  });

  for (const capture of captures) {
    const cases = compared.filter((asked) => asked.capture === capture);
    itWithCaptures(`are ours to ${cases.length} questions about ${capture}`, async () => {
      const server = await startServer();
      await store(server, readCapture(`flows/json/${capture}`));
      const held = new Held(server, capture);
      const differing: unknown[] = [];
      for (const [nth, asked] of cases.entries()) {
        const { told, wanted } = await answers(held, asked, nth);
        if (canonical(told) !== canonical(wanted))
          differing.push({ args: asked.args.join(' '), told, wanted });
      }
      expect(differing).toEqual([]);
    });
  }
});
