import { dropReasonByName } from '../flow/drop-reason.js';
import { observationPoints } from '../flow/enums.js';
import { EventType } from '../flow/flow.js';
import { isObject } from '../flow/json.js';
import { Refusal, shown, type Criterion } from './criterion.js';
import { readMembers } from './members.js';

/** Hubble takes all names of its monitor; no flow is of the last three. */
const types = new Map<string, number>([
  ['capture', EventType.capture],
  ['drop', EventType.drop],
  ['l7', EventType.l7],
  ['policy-verdict', EventType.policyVerdict],
  ['trace', EventType.trace],
  ['trace-sock', EventType.traceSock],
  ['debug', 2],
  ['recorder', 6],
  ['agent', 130],
]);

/** Hubble's EventTypeFilter; a sub-type of 0 means something, so it is said whether one is asked for. */
interface EventTypeFilter {
  type?: number;
  match_sub_type?: true;
  sub_type?: number;
}

/** `--type TYPE[:SUBTYPE]`: names or numbers; the sub-type of a drop is its reason. */
export const type: Criterion<EventTypeFilter> = {
  field: 'event_type',
  flags: [
    {
      name: 'type',
      describe: 'capture, drop, l7, policy-verdict, trace[:to-endpoint…], trace-sock, or numbers such as 4:0',
      value: readWord,
    },
  ],
  read: (value) => readMembers(value, { type: 'number', match_sub_type: 'boolean', sub_type: 'number' }),
  test(filters) {
    return ({ traits }) =>
      traits.eventType !== 0 &&
      filters.some(
        ({ type = 0, match_sub_type = false, sub_type = 0 }) =>
          (type === 0 || type === traits.eventType) && (!match_sub_type || sub_type === traits.subType),
      );
  },
};

/** Hubble refuses filters on HTTP beside types of which none is L7. */
export function canBeL7(filters: readonly unknown[]): boolean {
  return filters.some((filter) => isObject(filter) && filter['type'] === EventType.l7);
}

function readWord(word: string): EventTypeFilter {
  const [name = '', sub] = word.split(/:(.*)/s);
  const eventType = types.get(name) ?? (/^\d{1,9}$/.test(name) ? Number(name) : undefined);
  if (eventType === undefined) {
    throw new Refusal(`${shown(name)} is none of ${[...types.keys()].join(', ')}`);
  }
  if (sub === undefined) return { type: eventType };
  return { type: eventType, match_sub_type: true, sub_type: readSubType(eventType, sub) };
}

function readSubType(eventType: number, word: string): number {
  if (/^\d{1,9}$/.test(word)) return Number(word);
  const name = word.toUpperCase().replaceAll('-', '_');
  if (eventType === EventType.trace && observationPoints.includes(name))
    return observationPoints.indexOf(name);
  const reason = eventType === EventType.drop ? dropReasonByName(name) : undefined;
  if (reason !== undefined) return reason.number;
  throw new Refusal(`${shown(word)} is no sub-type of it; a trace has to-endpoint, from-network and so on`);
}
