import { summarise, Latencies, type LatencySummary, type Room } from '../latencies.js';
import { inOrder } from './counters.js';
import { PLACE, shapeOf } from './path-shapes.js';
import { nothingPinned } from './pinned-routes.js';

export interface RouteSummary {
  method: string;
  /** With `{id}` where paths differ in the name of one thing among many. */
  path: string;
  requests: number;
  statuses: Record<string, number>;
  /** Given by the settings, not learned. */
  pinned?: true;
  latency?: LatencySummary;
}

/** Segments at one place of a path that are told apart: where there are more, they are names of things. */
const MOST_SEGMENTS = 30;
/** Routes of an edge that were learned, and as many that were given. */
const MOST_ROUTES = 2_000;

/**
 * The routes of HTTP requests: those that were given, and of other requests those learned from their paths: segments that look like ids are taken together at once, those
 * at one place when they become too many. What is learned does not depend on the order of requests.
 */
export class Routes {
  /** Of paths that begin with a slash, and of what else stands in a request: `*`, the `host:port` of CONNECT. */
  readonly #absolute = new Place();
  readonly #others = new Place();
  #size = 0;
  /** Given ones by path and by method: what is learned takes no room from them. */
  readonly #pinned = new Map<string, Map<string, Route>>();
  #pinnedSize = 0;
  /** Messages of routes that there was no room for. */
  lost = 0;

  constructor(
    private readonly room: Room,
    private readonly given = nothingPinned,
  ) {}

  addRequest(method: string, path: string, count: number): void {
    const route = this.#route(method, path);
    if (route === undefined) this.lost += count;
    else route.requests += count;
  }

  addResponse(method: string, path: string, status: number, count: number, latencies?: Latencies): void {
    this.#route(method, path)?.addResponse(String(status), count, latencies, this.room);
  }

  /** The most frequent first. */
  all(): RouteSummary[] {
    const all: RouteSummary[] = [];
    this.#absolute.collect('/', all);
    this.#others.collect('', all);
    for (const [path, routes] of this.#pinned)
      for (const [method, route] of routes) all.push({ ...route.tell(method, path), pinned: true });
    return all.sort(
      (a, b) => b.requests - a.requests || compare(a.path, b.path) || compare(a.method, b.method),
    );
  }

  #route(method: string, path: string): Route | undefined {
    const template = this.given.find(method, path);
    return template === undefined ? this.#learned(method, path) : this.#pinnedAt(template, method);
  }

  #pinnedAt(template: string, method: string): Route | undefined {
    let routes = this.#pinned.get(template);
    if (routes === undefined) this.#pinned.set(template, (routes = new Map<string, Route>()));
    let route = routes.get(method);
    if (route !== undefined || this.#pinnedSize >= MOST_ROUTES) return route;
    this.#pinnedSize++;
    routes.set(method, (route = new Route()));
    return route;
  }

  #learned(method: string, path: string): Route | undefined {
    const isAbsolute = path === '' || path.startsWith('/');
    let place = isAbsolute ? this.#absolute : this.#others;
    for (const segment of shapeOf(isAbsolute ? path.slice(1) : path)) {
      const next = place.at(segment) ?? (this.#size < MOST_ROUTES ? place.grow(segment) : undefined);
      if (next === undefined) return undefined;
      if (place.isCrowded) {
        this.#size -= place.merge();
        return this.#learned(method, path);
      }
      place = next;
    }
    const known = place.routes.get(method);
    if (known !== undefined || this.#size >= MOST_ROUTES) return known;
    this.#size++;
    const route = new Route();
    place.routes.set(method, route);
    return route;
  }
}

/** A place in paths, behind some segments: what comes next, and the routes that end here, by method. */
class Place {
  readonly routes = new Map<string, Route>();
  readonly #next = new Map<string, Place>();
  #isMerged = false;

  at(segment: string): Place | undefined {
    return this.#next.get(this.#name(segment));
  }

  grow(segment: string, place = new Place()): Place {
    this.#next.set(this.#name(segment), place);
    return place;
  }

  /** A slash at the end names nothing. */
  #name(segment: string): string {
    return this.#isMerged && segment !== '' ? PLACE : segment;
  }

  get isCrowded(): boolean {
    return this.#next.size > MOST_SEGMENTS;
  }

  /** From now on all segments here are names. By how many routes there are fewer now. */
  merge(): number {
    const end = this.#next.get('');
    this.#next.delete('');
    const [first = new Place(), ...others] = this.#next.values();
    this.#isMerged = true;
    this.#next.clear();
    if (end !== undefined) this.#next.set('', end);
    this.#next.set(PLACE, first);
    return others.reduce((fewer, other) => fewer + first.#add(other), 0);
  }

  #add(other: Place): number {
    let fewer = 0;
    for (const [method, route] of other.routes) {
      const mine = this.routes.get(method);
      if (mine === undefined) this.routes.set(method, route);
      else {
        mine.merge(route);
        fewer++;
      }
    }
    if (other.#isMerged && !this.#isMerged) fewer += this.merge();
    for (const [segment, place] of other.#next) {
      const mine = this.at(segment);
      if (mine === undefined) this.grow(segment, place);
      else fewer += mine.#add(place);
    }
    return this.isCrowded ? fewer + this.merge() : fewer;
  }

  /** `before` is what stands before the next segment. */
  collect(before: string, into: RouteSummary[]): void {
    for (const [segment, place] of this.#next) {
      const path = before + segment;
      for (const [method, route] of place.routes) into.push(route.tell(method, path));
      place.collect(`${path}/`, into);
    }
  }
}

/** Of one method: there are many, and most have one status, for which a map would be their largest part. */
class Route {
  requests = 0;
  #responses = 0;
  #status = '';
  #count = 0;
  #others: Map<string, number> | undefined;
  #latencies: Latencies | undefined;

  addResponse(status: string, count: number, latencies: Latencies | undefined, room: Room): void {
    this.#responses += count;
    this.#addStatus(status, count);
    if (latencies !== undefined) (this.#latencies ??= new Latencies(room)).merge(latencies);
  }

  #addStatus(status: string, count: number): void {
    if (this.#count === 0) this.#status = status;
    if (status === this.#status) this.#count += count;
    else {
      this.#others ??= new Map<string, number>();
      this.#others.set(status, (this.#others.get(status) ?? 0) + count);
    }
  }

  merge(other: Route): void {
    this.requests += other.requests;
    this.#responses += other.#responses;
    if (other.#count > 0) this.#addStatus(other.#status, other.#count);
    for (const [status, count] of other.#others ?? []) this.#addStatus(status, count);
    if (this.#latencies === undefined) this.#latencies = other.#latencies;
    else if (other.#latencies !== undefined) {
      this.#latencies.merge(other.#latencies);
      other.#latencies.free();
    }
  }

  tell(method: string, path: string): RouteSummary {
    const statuses = new Map<string, number>(this.#others);
    if (this.#count > 0) statuses.set(this.#status, this.#count);
    const route: RouteSummary = { method, path, requests: this.requests, statuses: inOrder(statuses) };
    if (this.#responses > 0) route.latency = summarise(this.#latencies, this.#responses);
    return route;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
