import type { Side } from '../domain/flow/flow.js';
import { printedIdentities } from '../domain/flow/printed-names.js';
import type { Fields } from './shown.js';
import type { Style } from './style.js';

/** Only these have ports. */
const WITH_PORTS = ['TCP', 'UDP', 'SCTP'];

/** One end: pod, service, DNS names or address, and the port; the MAC address of what has no IP. */
export function hostOf(flow: Fields, side: Side, { paint, names }: Style): string {
  if (!flow.has('IP')) return flow.has('ethernet') ? paint.host(flow.of('ethernet').text(side)) : '';
  const address = flow.of('IP').text(side);
  const host = names ? nameOf(flow, side) || address : address;
  const port = portOf(flow, side);
  return paint.host(port === '0' ? host : `${bracketed(host)}:${paint.port(port)}`);
}

/** Where a service is told, its namespace stands before the name of the pod, too, as Hubble has it. */
function nameOf(flow: Fields, side: Side): string {
  const end = flow.of(side);
  const service = flow.of(`${side}_service`);
  const namespace = (flow.has(`${side}_service`) ? service : end).text('namespace');
  const name = end.text('pod_name') || service.text('name');
  if (name === '') return flow.texts(`${side}_names`).join(',');
  return namespace === '' ? name : `${namespace}/${name}`;
}

function portOf(flow: Fields, side: Side): string {
  const l4 = flow.of('l4');
  const protocol = WITH_PORTS.find((name) => l4.has(name));
  return protocol === undefined ? '0' : l4.of(protocol).digits(`${side}_port`);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** `(ID:1234)` or `(world)`. */
export function identityOf(flow: Fields, side: Side, { paint }: Style): string {
  const number = flow.of(side).digits('identity');
  const name = printedIdentities[Number(number)];
  return paint.identity(name === undefined ? `(ID:${number})` : `(${name})`);
}
