/**
 * What travels over Socket.IO in the namespace `/live`. Types only: the dashboard and any other
 * client may import this file. docs/live.md tells the protocol in words.
 */
import type { DropField, DropGroup } from '../drops/drops.schema.js';
import type { FlowRecord } from '../flows/flows.schema.js';
import type { Level, MapEdge, MapNode } from '../service-map/service-map.schema.js';

/** The names of REST filters; a list is OR. */
type LiveFilter = Record<string, string | readonly string[]>;

/** A point in the life of one server's answer to one question; hand it back to resume. */
export interface LivePosition {
  epoch: string;
  seq: number;
}

export interface EdgesQuestion {
  view: 'edges';
  level?: Level;
  /** Comma-separated, as in REST. */
  expand?: string;
  collapse?: string;
  filter?: LiveFilter;
}

export interface FlowsQuestion {
  view: 'flows';
  filter?: LiveFilter;
  /** Begins with so many of the newest flows that are held already. */
  last?: number;
}

export interface DropsQuestion {
  view: 'drops';
  /** Comma-separated, as in REST. */
  by?: string;
  limit?: number;
  filter?: LiveFilter;
}

export type LiveQuestion = EdgesQuestion | FlowsQuestion | DropsQuestion;
type SubscribeRequest = LiveQuestion & { resume?: LivePosition };

/** Absolute values: an upsert replaces what was known under its id. */
export interface Change<T> {
  upsert: T[];
  remove: string[];
}

export interface MapSnapshot {
  nodes: MapNode[];
  edges: MapEdge[];
}

export interface MapChange {
  nodes: Change<MapNode>;
  edges: Change<MapEdge>;
}

interface DropSums {
  /** All drops that pass the filter. */
  drops: number;
  groupsLeftOut: number;
}

interface DropsSnapshot extends DropSums {
  by: DropField[];
  groups: DropGroup[];
}

export interface DropsChange extends DropSums {
  groups: Change<DropGroup>;
}

export interface FlowsNews {
  /** As Hubble wrote them, in order of arrival. */
  records: FlowRecord[];
  /** Flows that were left out, as one message tells only so many; null where nobody knows how many. */
  skipped: number | null;
}

/** `snapshot` is the whole answer; `changes` is what is new since the position that the request resumed from. */
interface Opened<S, C> extends LivePosition {
  subscription: string;
  snapshot?: S;
  changes?: C;
}

export type EdgesSubscribed = Opened<MapSnapshot, MapChange>;
export type DropsSubscribed = Opened<DropsSnapshot, DropsChange>;
export type FlowsSubscribed = LivePosition & FlowsNews & { subscription: string };

export interface LiveError {
  /** `position` is the character of an expression that is wrong, from 1. */
  error: { code: string; message: string; field?: string; position?: number };
}

/** What all events of a subscription have in common. */
interface Step {
  subscription: string;
  seq: number;
  /** The `seq` this change builds on. A client that holds another one has a gap: subscribe again with `resume`. */
  prev: number;
  /** When the server sent it, RFC 3339. */
  at: string;
}

export type EdgesEvent = Step & MapChange;
export type DropsEvent = Step & DropsChange;
export type FlowsEvent = Step & FlowsNews;

/** What a paused subscription would be told. */
export interface WaitingEvent {
  subscription: string;
  /** Edges, flows or groups of drops. */
  count: number;
}

/** Why answers do not come; `code` is null when they come again. */
export interface TroubleEvent {
  code: string | null;
  message: string;
  /** Absent where it is the same for all. */
  subscription?: string;
}

type Done = Record<string, never> | LiveError;
type Asked = { subscription: string };
type Request<A> = (request: Asked, ack?: (answer: A) => void) => void;

export interface ClientToServerEvents {
  subscribe: (
    request: SubscribeRequest,
    ack: (answer: EdgesSubscribed | FlowsSubscribed | DropsSubscribed | LiveError) => void,
  ) => void;
  unsubscribe: Request<Done>;
  pause: Request<Done>;
  resume: Request<Done>;
}

export interface ServerToClientEvents {
  edges: (event: EdgesEvent) => void;
  flows: (event: FlowsEvent) => void;
  drops: (event: DropsEvent) => void;
  waiting: (event: WaitingEvent) => void;
  trouble: (event: TroubleEvent) => void;
}
