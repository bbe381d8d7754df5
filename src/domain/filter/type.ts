import { invalidFilter } from '../errors.js';
import { dropReasonByName } from '../flow/drop-reason.js';
import { observationPoints } from '../flow/enums.js';
import { EventType } from '../flow/flow.js';
import type { Criterion, Predicate } from './criterion.js';

const types = new Map<string, number>([
  ['capture', EventType.capture],
  ['drop', EventType.drop],
  ['l7', EventType.l7],
  ['policy-verdict', EventType.policyVerdict],
  ['trace', EventType.trace],
  ['trace-sock', EventType.traceSock],
]);

/** `--type TYPE[:SUBTYPE]`: names or numbers; the sub-type of a drop is its reason. */
export const type: Criterion = {
  name: 'type',
  describe: 'capture, drop, l7, policy-verdict, trace[:to-endpoint…], trace-sock, or numbers such as 4:0',
  parse(values) {
    const tests = values.map(readType);
    return (flow) => tests.some((test) => test(flow));
  },
};

function readType(value: string): Predicate {
  const [name = '', sub] = value.split(/:(.*)/s);
  const eventType = types.get(name) ?? (/^\d+$/.test(name) ? Number(name) : undefined);
  if (eventType === undefined) {
    throw invalidFilter('type', `"${name}" is none of ${[...types.keys()].join(', ')}`);
  }
  if (sub === undefined) return (flow) => flow.traits.eventType === eventType;
  const subType = readSubType(eventType, sub);
  return (flow) => flow.traits.eventType === eventType && flow.traits.subType === subType;
}

function readSubType(eventType: number, value: string): number {
  if (/^\d+$/.test(value)) return Number(value);
  const name = value.toUpperCase().replaceAll('-', '_');
  if (eventType === EventType.trace && observationPoints.includes(name))
    return observationPoints.indexOf(name);
  const reason = eventType === EventType.drop ? dropReasonByName(name) : undefined;
  if (reason !== undefined) return reason.number;
  throw invalidFilter(
    'type',
    `"${value}" is no sub-type of it; a trace has to-endpoint, from-network and so on`,
  );
}
