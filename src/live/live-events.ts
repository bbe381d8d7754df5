/**
 * What travels over Socket.IO in the namespace `/live`. Types only: the dashboard and any other
 * client may import this file. docs/live.md tells the protocol in words.
 */
import type { Level, MapEdge, MapNode } from '../service-map/service-map.schema.js';

type LiveView = 'edges';

/** A point in the life of one server's answer to one question; hand it back to resume. */
export interface LivePosition {
  epoch: string;
  seq: number;
}

export interface SubscribeRequest {
  view: LiveView;
  level?: Level;
  /** The names of REST filters; a list is OR. */
  filter?: Record<string, string | string[]>;
  resume?: LivePosition;
}

export interface MapSnapshot {
  nodes: MapNode[];
  edges: MapEdge[];
}

/** Absolute values: an upsert replaces what was known under its id. */
export interface MapChange {
  nodes: { upsert: MapNode[]; remove: string[] };
  edges: { upsert: MapEdge[]; remove: string[] };
}

export interface Subscribed extends LivePosition {
  subscription: string;
  /** The whole map, unless the request resumed. */
  snapshot?: MapSnapshot;
  /** What changed since the position the request resumed from. */
  changes?: MapChange;
}

export interface LiveError {
  /** `position` is the character of an expression that is wrong, from 1. */
  error: { code: string; message: string; field?: string; position?: number };
}

export interface EdgesEvent extends MapChange {
  subscription: string;
  seq: number;
  /** The `seq` this change builds on. A client that holds another one has a gap: subscribe again with `resume`. */
  prev: number;
  /** When the server sent it, RFC 3339. */
  at: string;
}

export interface ClientToServerEvents {
  subscribe: (request: SubscribeRequest, ack: (answer: Subscribed | LiveError) => void) => void;
  unsubscribe: (
    request: { subscription: string },
    ack?: (answer: Record<string, never> | LiveError) => void,
  ) => void;
}

export interface ServerToClientEvents {
  edges: (event: EdgesEvent) => void;
}
