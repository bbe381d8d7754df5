import { isIP } from 'node:net';
import { printedIdentities } from '../../domain/flow/printed-names.js';
import type { PrintedEndpoint } from './printed-flow.js';

/** What a printed end says; empty where it does not say. */
export interface ReadEndpoint {
  ip: string;
  mac: string;
  namespace: string;
  pod: string;
  names: string[];
  port: number;
  /** Undefined where none was printed; 0 is `(unknown)`. */
  identity: number | undefined;
  /** `reserved:world` and the like. */
  label: string;
}

/** That of `overlay-to-encrypt` is printed by number, but people write names by hand. */
const RESERVED: ReadonlyMap<string, number> = new Map([
  ...printedIdentities.map((name, number) => [name, number] as const),
  ['overlay-to-encrypt', 11],
]);

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;
/** `80`, or with the name of the service as before Hubble 0.6: `80(http)`, `http(80)`. */
const PORT = /^(.*):(?:(\d{1,5})(?:\([\w.+-]+\))?|[a-z][\w.+-]*\((\d{1,5})\))$/i;

/** A name of one label is hardly one of DNS. */
const WORD = /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/;
/** Numbers of what runs in the cluster: below are the reserved ones, above those of addresses. */
const WORKLOADS = { from: 256, to: 1 << 24 };

/** DNS names, one or several. */
const HOSTS = /^[\w.*-]+(?:,[\w.*-]+)*$/;

/**
 * Text does not tell a pod from a service: `namespace/name` is read as a pod, which most are.
 * Undefined for a word that is no host: the line is then no flow.
 */
export function readEndpoint({ host, identity }: PrintedEndpoint): ReadEndpoint | undefined {
  const read: ReadEndpoint = {
    ip: '',
    mac: '',
    namespace: '',
    pod: '',
    names: [],
    port: 0,
    ...readIdentity(identity),
  };
  if (host === '') return read;
  if (MAC.test(host)) return { ...read, mac: host };
  if (isIP(host) !== 0) return { ...read, ip: host };
  const [, before = host, number = '', named = ''] = PORT.exec(host) ?? [];
  const port = Number(number || named);
  if (port > 65_535) return undefined;
  return readName(before.replace(/^\[(.*)\]$/, '$1'), { ...read, port });
}

function readName(name: string, read: ReadEndpoint): ReadEndpoint | undefined {
  // Of an end without an address there is still its port.
  if (name === '' && read.port > 0) return read;
  if (isIP(name) !== 0) return { ...read, ip: name };
  const slash = name.indexOf('/');
  if (slash >= 0) {
    const pod = name.slice(slash + 1);
    return pod === '' || pod.includes('/') ? undefined : { ...read, namespace: name.slice(0, slash), pod };
  }
  // Retina does not always know the namespace of a pod.
  if (isWorkload(read) && WORD.test(name)) return { ...read, pod: name };
  const isHost = name.includes('.') || read.port > 0 || read.identity !== undefined;
  return HOSTS.test(name) && isHost ? { ...read, names: name.split(',') } : undefined;
}

function isWorkload({ identity = 0 }: ReadEndpoint): boolean {
  return identity >= WORKLOADS.from && identity < WORKLOADS.to;
}

function readIdentity(text: string): Pick<ReadEndpoint, 'identity' | 'label'> {
  if (text === '') return { identity: undefined, label: '' };
  const [, number] = /^ID:(\d{1,10})$/.exec(text) ?? [];
  if (number !== undefined) return { identity: Number(number), label: '' };
  // `(unknown)` is what an identity that the record does not have is printed as.
  return { identity: RESERVED.get(text) ?? 0, label: text === 'unknown' ? '' : `reserved:${text}` };
}
