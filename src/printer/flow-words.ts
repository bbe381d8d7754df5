import { dropReasonByNumber } from '../domain/flow/drop-reason.js';
import { authTypes, directions, l7Types, observationPoints, verdicts } from '../domain/flow/enums.js';
import { EventType } from '../domain/flow/flow.js';
import { capturePoints, FIRST_CAPTURE, policyMatches, socketPoints } from '../domain/flow/printed-names.js';
import type { Fields } from './shown.js';
import type { Style } from './style.js';

/** What happened: trace point, reason of a drop, how a policy matched, L7 message. */
export function typeOf(flow: Fields): string {
  if (flow.has('l7')) return l7Type(flow.of('l7'));
  const event = flow.of('event_type');
  const subType = Number(event.digits('sub_type')) & 0xff;
  switch (Number(event.digits('type'))) {
    case EventType.trace:
      return observationPoints[subType]?.toLowerCase().replace('_', '-') ?? String(subType);
    case EventType.drop:
      return notDropped.get(subType) ?? dropReasonByNumber(subType)?.text ?? `${subType}, 0`;
    case EventType.policyVerdict: {
      const match = policyMatches[Number(flow.digits('policy_match_type'))] ?? 'unknown';
      return `policy-verdict:${match} ${flow.enum('traffic_direction', directions)}`;
    }
    case EventType.capture:
      return flow.enum('debug_capture_point', captureNames);
    case EventType.traceSock: {
      const name = flow.enum('sock_xlate_point', socketNames);
      return socketPoints.find(([known]) => known === name)?.[1] ?? name;
    }
    default:
      return 'UNKNOWN';
  }
}

function l7Type(l7: Fields): string {
  const type = l7.enum('type', l7Types).toLowerCase();
  if (l7.has('http')) return `http-${type}`;
  if (l7.has('dns')) return `dns-${type} ${l7.of('dns').text('observation_source')}`;
  return l7.has('kafka') ? `kafka-${type}` : `l7-${type}`;
}

const captureNames = ['DBG_CAPTURE_POINT_UNKNOWN', ...numbers(1, FIRST_CAPTURE - 1), ...capturePoints];
const socketNames = ['SOCK_XLATE_POINT_UNKNOWN', ...socketPoints.map(([name]) => name)];

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}

/** Codes of the datapath below those of drops. */
const notDropped: ReadonlyMap<number, string> = new Map([
  [0, 'Success'],
  [2, 'Invalid packet'],
  [3, 'Interface'],
  [4, 'Interface Decrypted'],
  [5, 'LB, sock cgroup: No backend slot entry found'],
  [6, 'LB, sock cgroup: No backend entry found'],
  [7, 'LB, sock cgroup: Reverse entry update failed'],
  [8, 'LB, sock cgroup: Reverse entry stale'],
  [9, 'Fragmented packet'],
  [10, 'Fragmented packet entry update failed'],
  [11, 'Missed tail call to custom program'],
  [12, 'Interface Decrypting'],
  [13, 'Interface Encrypting'],
  [14, 'LB: sock cgroup: Reverse entry delete succeeded'],
  [15, 'MTU error message'],
]);

/** What became of it; of the verdict of a policy in other words, and with the policies that gave it. */
export function verdictOf(flow: Fields, style: Style): string {
  const { paint } = style;
  const verdict = flow.enum('verdict', verdicts);
  const isPolicy = Number(flow.of('event_type').digits('type')) === EventType.policyVerdict;
  const decided = (word: string, by: string) => `${word}${style.policyNames ? deciders(flow, by) : ''}`;
  switch (verdict) {
    case 'FORWARDED':
    case 'REDIRECTED':
      return paint.good(isPolicy ? decided('ALLOWED', 'allowed_by') : verdict);
    case 'DROPPED':
    case 'ERROR':
      return paint.bad(isPolicy ? decided('DENIED', 'denied_by') : verdict);
    case 'AUDIT':
      return paint.notable(isPolicy ? 'AUDITED' : verdict);
    case 'TRACED':
    case 'TRANSLATED':
      return paint.notable(verdict);
    default:
      return verdict;
  }
}

/** ` BY name (Kind), …`: the policies of the direction that the flow went in. */
function deciders(flow: Fields, by: string): string {
  const direction = flow.enum('traffic_direction', directions);
  if (direction !== 'INGRESS' && direction !== 'EGRESS') return '';
  const names = flow
    .list(`${direction.toLowerCase()}_${by}`)
    .map((policy) => ({ name: policy.text('name'), kind: policy.text('kind') }))
    .filter(({ name, kind }) => name !== '' && kind !== '')
    .map(({ name, kind }) => `${name} (${kind})`);
  return names.length === 0 ? '' : ` BY ${names.join(', ')}`;
}

/** Hubble's own words for the packet or the message, between its trace in IP options and how it was authenticated. */
export function summaryOf(flow: Fields, { paint }: Style): string {
  const trace = flow.of('ip_trace_id').digits('trace_id');
  const auth = flow.enum('auth_type', authTypes);
  const traced = trace === '0' ? '' : `IP Trace ID: ${trace}; `;
  return `${traced}${flow.text('Summary')}${authOf(auth, paint)}`;
}

function authOf(auth: string, paint: Style['paint']): string {
  if (auth === 'DISABLED') return '';
  return `; Auth: ${auth === 'TEST_ALWAYS_FAIL' ? paint.bad(auth) : paint.good(auth)}`;
}
