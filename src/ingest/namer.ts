import { readDnsAnswer } from '../domain/names/dns-answer.js';
import { LearnedNames } from '../domain/names/learned-names.js';
import type { Endpoint, Side } from '../domain/flow/flow.js';
import { flowOf } from '../domain/flow/recorded-flow.js';
import type { NewFlow, Note } from '../store/flow-store.js';
import { parse } from './unwrap.js';

const SIDES = ['source', 'destination'] as const;

/** Names ends of flows by the DNS answers that came before, and notes those that come. */
export class Namer {
  readonly #names = new LearnedNames();
  /** An end with a name is another part than the end without. */
  readonly #notes = new WeakMap<Endpoint, Note>();

  name(added: NewFlow): void {
    const { l7 } = added.flow;
    if (l7?.dns !== undefined && l7.type === 'RESPONSE') this.#learn(added);
    for (const side of SIDES) this.#nameEnd(added, side);
  }

  /** Few records are answers, so that reading them again costs nothing. */
  #learn({ flow, template, known, own }: NewFlow): void {
    const texts = known.map(({ text }) => text);
    const record = template.compose(flow, texts, own.map(String));
    const answer = readDnsAnswer(flowOf(parse(record))['l7']);
    if (answer !== undefined) this.#names.learn(flow, answer);
  }

  #nameEnd({ flow, notes }: NewFlow, side: Side): void {
    const named = this.#names.named(flow, side);
    if (named === undefined) return;
    flow[side] = named;
    if (notes === undefined) return;
    let note = this.#notes.get(named);
    if (note === undefined) this.#notes.set(named, (note = {}));
    notes[side] = note;
  }
}
