/**
 * Names that stand in what Hubble prints, by their numbers: for printing as it does, and for reading
 * it. Source: Cilium's `api/v1/flow/flow.proto`, `pkg/monitor/api` and `pkg/identity`.
 */

/** `policy_match_type`: which kind of entry decided. */
export const policyMatches = ['none', 'L3-Only', 'L3-L4', 'L4-Only', 'all', 'L3-Proto', 'Proto-Only'];

/** `sock_xlate_point` from 1 on, and what is printed for it. */
export const socketPoints: readonly (readonly [name: string, printed: string])[] = [
  ['SOCK_XLATE_POINT_PRE_DIRECTION_FWD', 'pre-xlate-fwd'],
  ['SOCK_XLATE_POINT_POST_DIRECTION_FWD', 'post-xlate-fwd'],
  ['SOCK_XLATE_POINT_PRE_DIRECTION_REV', 'pre-xlate-rev'],
  ['SOCK_XLATE_POINT_POST_DIRECTION_REV', 'post-xlate-rev'],
];

/** `debug_capture_point` from 4 on. */
export const FIRST_CAPTURE = 4;
export const capturePoints = [
  'DBG_CAPTURE_DELIVERY',
  'DBG_CAPTURE_FROM_LB',
  'DBG_CAPTURE_AFTER_V46',
  'DBG_CAPTURE_AFTER_V64',
  'DBG_CAPTURE_PROXY_PRE',
  'DBG_CAPTURE_PROXY_POST',
  'DBG_CAPTURE_SNAT_PRE',
  'DBG_CAPTURE_SNAT_POST',
];

/** Identities that are printed by name; 11 and what is above has none. */
export const printedIdentities = [
  'unknown',
  'host',
  'world',
  'unmanaged',
  'health',
  'init',
  'remote-node',
  'kube-apiserver',
  'ingress',
  'world-ipv4',
  'world-ipv6',
];

export const lostEventSources = [
  'UNKNOWN_LOST_EVENT_SOURCE',
  'PERF_EVENT_RING_BUFFER',
  'OBSERVER_EVENTS_QUEUE',
  'HUBBLE_RING_BUFFER',
];

/** 1 was given up. */
export const agentEventTypes = [
  'AGENT_EVENT_UNKNOWN',
  '1',
  'AGENT_STARTED',
  'POLICY_UPDATED',
  'POLICY_DELETED',
  'ENDPOINT_REGENERATE_SUCCESS',
  'ENDPOINT_REGENERATE_FAILURE',
  'ENDPOINT_CREATED',
  'ENDPOINT_DELETED',
  'IPCACHE_UPSERTED',
  'IPCACHE_DELETED',
  'SERVICE_UPSERTED',
  'SERVICE_DELETED',
];

export const nodeStates = [
  'UNKNOWN_NODE_STATE',
  'NODE_CONNECTED',
  'NODE_UNAVAILABLE',
  'NODE_GONE',
  'NODE_ERROR',
];
