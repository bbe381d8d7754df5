import { readDnsAnswer } from '../domain/names/dns-answer.js';
import { LearnedNames } from '../domain/names/learned-names.js';
import { PodsSeen, type Moment } from '../domain/names/pods-seen.js';
import type { Endpoint, Side } from '../domain/flow/flow.js';
import { flowOf } from '../domain/flow/recorded-flow.js';
import type { NewFlow, Note } from '../store/flow-store.js';
import { parse } from './unwrap.js';

const SIDES = ['source', 'destination'] as const;

/** Names ends of flows by what came before: pods that were seen at an address, and DNS answers; and notes those that come. */
export class Namer {
  readonly #pods = new PodsSeen();
  readonly #names = new LearnedNames();
  /** An end with a name is another part than the end without. */
  readonly #notes = new WeakMap<Endpoint, Note>();

  name(added: NewFlow): void {
    const { flow } = added;
    const moment = this.#pods.momentOf(flow);
    if (moment !== undefined) {
      // Most ends were met in this moment before, and their note tells it.
      if (added.notes?.source.metIn !== moment) this.#meet(added, 'source', moment);
      if (added.notes?.destination.metIn !== moment) this.#meet(added, 'destination', moment);
    }
    if (flow.l7?.dns !== undefined && flow.l7.type === 'RESPONSE') this.#learn(added);
    for (const side of SIDES) this.#put(added, side, this.#names.named(flow, side));
  }

  #meet(added: NewFlow, side: Side, moment: Moment): void {
    const endpoint = added.flow[side];
    if (!this.#pods.meet(endpoint, moment)) this.#put(added, side, this.#pods.joined(endpoint, moment));
    else if (added.notes !== undefined) added.notes[side].metIn = moment;
  }

  /** Few records are answers, so that reading them again costs nothing. */
  #learn({ flow, template, known, own }: NewFlow): void {
    const texts = known.map(({ text }) => text);
    const record = template.compose(flow, texts, own.map(String));
    const answer = readDnsAnswer(flowOf(parse(record))['l7']);
    if (answer !== undefined) this.#names.learn(flow, answer);
  }

  #put({ flow, notes }: NewFlow, side: Side, endpoint: Endpoint | undefined): void {
    if (endpoint === undefined) return;
    flow[side] = endpoint;
    if (notes === undefined) return;
    let note = this.#notes.get(endpoint);
    if (note === undefined) this.#notes.set(endpoint, (note = {}));
    notes[side] = note;
  }
}
