import { readDnsAnswer } from '../domain/names/dns-answer.js';
import { LearnedNames } from '../domain/names/learned-names.js';
import { PodsSeen, type Moment } from '../domain/names/pods-seen.js';
import { ServicesAsked } from '../domain/names/services-asked.js';
import type { Endpoint, Side } from '../domain/flow/flow.js';
import { flowOf } from '../domain/flow/recorded-flow.js';
import { newNote, recordOf, type NewFlow, type Note } from '../store/flow-writer.js';
import { socketCookieOf } from './socket-cookie.js';
import { parse } from './unwrap.js';

/** Tells ends of flows by what came before (pods seen at an address, DNS answers, what sockets asked for), and notes what comes. */
export class Namer {
  readonly #pods = new PodsSeen();
  readonly #names = new LearnedNames();
  readonly #services = new ServicesAsked();
  /** An end with a name is another part than the end without. */
  readonly #notes = new WeakMap<Endpoint, Note>();

  name(added: NewFlow): void {
    const { flow } = added;
    let moment = this.#pods.momentOf(flow);
    // Most ends were met in this moment before, and their note tells it.
    if (moment !== undefined && added.notes?.source.metIn !== moment) {
      this.#meet(added, 'source', moment);
      moment = this.#pods.momentOf(flow);
    }
    if (moment !== undefined && added.notes?.destination.metIn !== moment)
      this.#meet(added, 'destination', moment);
    if (flow.l7?.dns !== undefined && flow.l7.type === 'RESPONSE') this.#learn(added);
    if (moment !== undefined && this.#services.isTold(flow)) {
      const backend = this.#services.reached(flow, socketCookieOf(added), moment.cluster);
      this.#put(added, 'destination', backend);
    }
    this.#put(added, 'source', this.#names.named(flow, 'source', added.notes?.source));
    this.#put(added, 'destination', this.#names.named(flow, 'destination', added.notes?.destination));
  }

  #meet(added: NewFlow, side: Side, moment: Moment): void {
    const { flow, notes } = added;
    const endpoint = flow[side];
    const isMet = this.#pods.meet(endpoint, moment);
    if (!isMet) {
      const joined = this.#pods.joined(endpoint, moment);
      this.#put(added, side, joined ?? this.#services.atFrontend(flow, side, moment.cluster));
    }
    // What a Service is asked at is told by the port too, which is not of the end.
    if (endpoint.service !== '') this.#services.learnFrontend(flow, side, moment.cluster);
    else if (isMet && notes !== undefined) notes[side].metIn = moment;
  }

  #learn(added: NewFlow): void {
    const answer = readDnsAnswer(messageOf(added));
    if (answer !== undefined) this.#names.learn(added.flow, answer);
  }

  #put({ flow, notes }: NewFlow, side: Side, endpoint: Endpoint | undefined): void {
    if (endpoint === undefined) return;
    flow[side] = endpoint;
    if (notes === undefined) return;
    let note = this.#notes.get(endpoint);
    if (note === undefined) this.#notes.set(endpoint, (note = newNote()));
    notes[side] = note;
  }
}

/** What a flow told on layer 7, as it was written; most templates have it as a text of its own. */
function messageOf(added: NewFlow): unknown {
  const text = added.own[added.template.l7Text];
  return text === undefined ? flowOf(parse(recordOf(added)))['l7'] : parse(String(text));
}
