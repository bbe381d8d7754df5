import { agentEventTypes, lostEventSources } from '../domain/flow/printed-names.js';
import type { Fields } from './shown.js';
import type { TimeFormat } from './time-format.js';

/** What a loss is told with: the ring or queue that was full, and how much of what. */
export interface LossWords {
  source: string;
  cpu: string;
  count: string;
  /** ` (first: …, last: …)`, since Cilium 1.19. */
  between: string;
}

export function lossWords(lost: Fields, time: TimeFormat): LossWords {
  const first = lost.get('first');
  const last = lost.get('last');
  return {
    source: lost.enum('source', lostEventSources),
    cpu: lost.digits('cpu'),
    count: lost.digits('num_events_lost'),
    between: first === undefined || last === undefined ? '' : ` (first: ${time(first)}, last: ${time(last)})`,
  };
}

/** What an agent did, in the words that Hubble has for each type. */
export function agentDetails(event: Fields, time: TimeFormat): string {
  const type = event.enum('type', agentEventTypes);
  const words = details.get(type);
  if (words === undefined) return 'UNKNOWN';
  const [member, tell] = words;
  return event.has(member) ? tell(event.of(member), time) : 'UNKNOWN';
}

type Teller = (details: Fields, time: TimeFormat) => string;

const policyUpdate: Teller = (policy) =>
  `labels: [${policy.texts('labels').join(',')}], revision: ${policy.digits('revision')}, count: ${policy.digits('rule_count')}`;

const regenerated: Teller = (endpoint) =>
  `id: ${endpoint.digits('id')}, labels: [${endpoint.texts('labels').join(',')}]${told('error', endpoint.text('error'))}`;

const endpointUpdate: Teller = (endpoint) =>
  `id: ${endpoint.digits('id')}${told('namespace', endpoint.text('namespace'))}${told('pod name', endpoint.text('pod_name'))}`;

const ipcacheUpdate: Teller = (entry) => {
  const old = entry.get('old_identity') === undefined ? '' : entry.digits('old_identity');
  return `cidr: ${entry.text('cidr')}, identity: ${entry.digits('identity')}${told('old identity', old)}${told('host ip', entry.text('host_ip'))}${told('old host ip', entry.text('old_host_ip'))}, encrypt key: ${entry.digits('encrypt_key')}`;
};

const serviceUpsert: Teller = (service) => {
  const backends = service.list('backend_addresses').map(addressOf).join(',');
  return [
    `id: ${service.digits('id')}`,
    told('frontend', service.has('frontend_address') ? addressOf(service.of('frontend_address')) : ''),
    told('backends', backends === '' ? '' : `[${backends}]`),
    told('type', service.text('type')),
    told('traffic policy', service.text('traffic_policy')),
    told('namespace', service.text('namespace')),
    told('name', service.text('name')),
  ].join('');
};

/** Where each type has its details, and how they are told. */
const details: ReadonlyMap<string, readonly [member: string, tell: Teller]> = new Map([
  ['AGENT_EVENT_UNKNOWN', ['unknown', unknownEvent]],
  ['AGENT_STARTED', ['agent_start', (start, time) => `start time: ${time(start.get('time'))}`]],
  ['POLICY_UPDATED', ['policy_update', policyUpdate]],
  ['POLICY_DELETED', ['policy_update', policyUpdate]],
  ['ENDPOINT_REGENERATE_SUCCESS', ['endpoint_regenerate', regenerated]],
  ['ENDPOINT_REGENERATE_FAILURE', ['endpoint_regenerate', regenerated]],
  ['ENDPOINT_CREATED', ['endpoint_update', endpointUpdate]],
  ['ENDPOINT_DELETED', ['endpoint_update', endpointUpdate]],
  ['IPCACHE_UPSERTED', ['ipcache_update', ipcacheUpdate]],
  ['IPCACHE_DELETED', ['ipcache_update', ipcacheUpdate]],
  ['SERVICE_UPSERTED', ['service_upsert', serviceUpsert]],
  ['SERVICE_DELETED', ['service_delete', (service: Fields) => `id: ${service.digits('id')}`]],
]);

function unknownEvent(unknown: Fields): string {
  return `type: ${unknown.text('type')}, notification: ${unknown.text('notification')}`;
}

function told(name: string, value: string): string {
  return value === '' ? '' : `, ${name}: ${value}`;
}

function addressOf(address: Fields): string {
  const ip = address.text('ip');
  return `${ip.includes(':') ? `[${ip}]` : ip}:${address.digits('port')}`;
}

/** What a debug message of the datapath is told with; N/A where the record does not say. */
export function debugWords(event: Fields): {
  from: string;
  type: string;
  mark: string;
  cpu: string;
  message: string;
} {
  const cpu = event.get('cpu') === undefined ? 'N/A' : event.digits('cpu').padStart(2, '0');
  const mark = event.get('hash') === undefined ? 'N/A' : `0x${Number(event.digits('hash')).toString(16)}`;
  return {
    from: event.has('source') ? endpointOf(event.of('source')) : 'N/A',
    type: event.enum('type', ['DBG_EVENT_UNKNOWN']),
    mark,
    cpu,
    message: event.text('message'),
  };
}

function endpointOf(endpoint: Fields): string {
  const id = `ID: ${endpoint.digits('ID')}`;
  const namespace = endpoint.text('namespace');
  const pod = endpoint.text('pod_name');
  const [label = '', ...others] = endpoint.texts('labels');
  if (namespace !== '' && pod !== '') return `${namespace}/${pod} (${id})`;
  return others.length === 0 && label.startsWith('reserved:') ? `${label} (${id})` : id;
}
