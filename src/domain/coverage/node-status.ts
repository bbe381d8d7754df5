import { objectOf, textOf, textsOf, type Json } from '../flow/json.js';

/** What Relay said of its connection to nodes. */
export interface NodeStatus {
  /** Undefined where the record has no time. */
  time: bigint | undefined;
  /** NODE_CONNECTED, NODE_UNAVAILABLE, NODE_GONE, NODE_ERROR, or what a later version says. */
  state: string;
  nodes: readonly string[];
  message: string;
}

/** Of Relay's `NodeState`: https://docs.cilium.io/en/stable/_api/v1/relay/README/ */
const states = ['UNKNOWN_NODE_STATE', 'NODE_CONNECTED', 'NODE_UNAVAILABLE', 'NODE_GONE', 'NODE_ERROR'];

/** Of a `node_status` record, as JSON. */
export function readNodeStatus(record: Json, time: bigint | undefined): NodeStatus {
  const status = objectOf(record['node_status'] ?? record['nodeStatus']);
  const state = status['state_change'] ?? status['stateChange'] ?? 0;
  return {
    time,
    state: typeof state === 'number' ? (states[state] ?? String(state)) : textOf(state),
    nodes: textsOf(status['node_names'] ?? status['nodeNames']),
    message: textOf(status['message']),
  };
}
