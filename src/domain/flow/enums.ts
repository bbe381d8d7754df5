/**
 * Enum numbers and their names. Hubble writes names; protojson readers must also take numbers, and
 * a name or number this version does not know is kept as it came.
 */
export const verdicts = [
  'VERDICT_UNKNOWN',
  'FORWARDED',
  'DROPPED',
  'ERROR',
  'AUDIT',
  'REDIRECTED',
  'TRACED',
  'TRANSLATED',
];
export const flowTypes = ['UNKNOWN_TYPE', 'L3_L4', 'L7', 'SOCK'];
export const directions = ['TRAFFIC_DIRECTION_UNKNOWN', 'INGRESS', 'EGRESS'];
export const l7Types = ['UNKNOWN_L7_TYPE', 'REQUEST', 'RESPONSE', 'SAMPLE'];
export const ipVersions = ['IP_NOT_USED', 'IPv4', 'IPv6'];
export const authTypes = ['DISABLED', 'SPIRE', 'TEST_ALWAYS_FAIL'];
export const traceReasons = [
  'TRACE_REASON_UNKNOWN',
  'NEW',
  'ESTABLISHED',
  'REPLY',
  'RELATED',
  'REOPENED',
  'SRV6_ENCAP',
  'SRV6_DECAP',
  'ENCRYPT_OVERLAY',
];
/** Numbered as the trace sub-types, but for TO_ENDPOINT, which is 101 here and 0 there. */
export const observationPoints = [
  'TO_ENDPOINT',
  'TO_PROXY',
  'TO_HOST',
  'TO_STACK',
  'TO_OVERLAY',
  'FROM_ENDPOINT',
  'FROM_PROXY',
  'FROM_HOST',
  'FROM_STACK',
  'FROM_OVERLAY',
  'FROM_NETWORK',
  'TO_NETWORK',
  'FROM_CRYPTO',
  'TO_CRYPTO',
];

export const verdictName = named(verdicts);
export const typeName = named(flowTypes);
export const directionName = named(directions);
export const l7TypeName = named(l7Types);
export const ipVersionName = named(ipVersions);
export const authTypeName = named(authTypes);
export const traceReasonName = named(traceReasons);

/** The enum, unlike the sub-type, has 101 for TO_ENDPOINT and 0 for "not said". */
export function observationPointName(value: unknown): string {
  if (typeof value !== 'number') return typeof value === 'string' ? value : '';
  if (value === 0) return '';
  return value === 101 ? 'TO_ENDPOINT' : (observationPoints[value] ?? String(value));
}

/** The zero value of an enum is "not said" in proto3, and Hubble never writes it. */
function named(names: readonly string[]): (value: unknown) => string {
  return (value) => {
    if (typeof value === 'string') return value === names[0] ? '' : value;
    return typeof value === 'number' && value !== 0 ? (names[value] ?? String(value)) : '';
  };
}

/** Reserved identities: numbers below 256 that name an entity. https://docs.cilium.io/en/stable/gettingstarted/terminology/#special-identities */
const reservedIdentities = new Map([
  [1, 'host'],
  [2, 'world'],
  [3, 'unmanaged'],
  [4, 'health'],
  [5, 'init'],
  [6, 'remote-node'],
  [7, 'kube-apiserver'],
  [8, 'ingress'],
  [9, 'world'],
  [10, 'world'],
]);

export function reservedEntity(identity: number): string | undefined {
  return reservedIdentities.get(identity);
}
