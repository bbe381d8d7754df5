import { damagedDatabase, FlowatlasError } from '../../domain/errors.js';
import type { Window } from '../../domain/filter/window.js';
import type { LedgerQuery } from '../../domain/ledger/ledger.js';
import type { Viewer } from '../../domain/viewer.js';
import {
  FlowStore,
  type DamagedRange,
  type NodeCoverage,
  type Removed,
  type StoreSummary,
} from '../flow-store.js';
import type {
  Count,
  CountQuery,
  DropQuery,
  EventQuery,
  FlowQuery,
  HeldFlow,
  StoreQuery,
  ScanBatch,
  ScanQuery,
  StoredFlow,
} from '../queries.js';
import { isDamage } from './damage.js';

/**
 * Where damage of SQLite's own pages keeps a question from being answered at all, it is said in an error that its
 * reader can act on, and likewise when the server ends meanwhile. Damage inside of a block never comes here: the block
 * is left out, and told.
 */
export class GuardedFlowStore extends FlowStore {
  #isClosed = false;

  constructor(
    private readonly store: FlowStore,
    private readonly onDamage: (error: FlowatlasError) => void = () => undefined,
  ) {
    super();
  }

  find(viewer: Viewer, query: FlowQuery): AsyncIterable<StoredFlow> {
    return this.#guardedItems(this.store.find(viewer, query));
  }

  scan<T>(viewer: Viewer, query: ScanQuery, read: (flow: HeldFlow) => T): AsyncIterable<ScanBatch<T>> {
    return this.#guardedItems(this.store.scan(viewer, query, read));
  }

  counts<T>(
    viewer: Viewer,
    query: CountQuery,
    asks: readonly ((flow: HeldFlow) => T)[],
  ): AsyncIterable<Count<T>[]> {
    return this.#guardedItems(this.store.counts(viewer, query, asks));
  }

  take(viewer: Viewer, seqs: readonly number[]): Promise<StoredFlow[]> {
    return this.#guarded(() => this.store.take(viewer, seqs)).catch(this.#fail);
  }

  tallies(viewer: Viewer, query: ScanQuery): ReturnType<FlowStore['tallies']> {
    return this.#guardedItems(this.store.tallies(viewer, query));
  }

  sums(viewer: Viewer, query: ScanQuery): ReturnType<FlowStore['sums']> {
    return this.#guarded(() => this.store.sums(viewer, query)).catch(this.#fail);
  }

  summed(window: Window): ReturnType<FlowStore['summed']> {
    return this.#guarded(() => this.store.summed(window));
  }

  ledger(viewer: Viewer, query: LedgerQuery): ReturnType<FlowStore['ledger']> {
    return this.#guarded(() => this.store.ledger(viewer, query));
  }

  ledgerEdge(viewer: Viewer, edge: string): ReturnType<FlowStore['ledgerEdge']> {
    return this.#guarded(() => this.store.ledgerEdge(viewer, edge));
  }

  postedDigest(): ReturnType<FlowStore['postedDigest']> {
    return this.#guarded(() => this.store.postedDigest());
  }

  drops(viewer: Viewer, query: DropQuery): ReturnType<FlowStore['drops']> {
    return this.#guarded(() => this.store.drops(viewer, query)).catch(this.#fail);
  }

  records(viewer: Viewer, query: StoreQuery): ReturnType<FlowStore['records']> {
    return this.#guardedItems(this.store.records(viewer, query));
  }

  events(viewer: Viewer, query: EventQuery): ReturnType<FlowStore['events']> {
    return this.#guardedItems(this.store.events(viewer, query));
  }

  lastEvent(): number {
    return this.#guarded(() => this.store.lastEvent());
  }

  damage(): DamagedRange[] {
    return this.#guarded(() => this.store.damage());
  }

  summary(): StoreSummary {
    return this.#guarded(() => this.store.summary());
  }

  coverage(window: Window): NodeCoverage[] {
    return this.#guarded(() => this.store.coverage(window));
  }

  override extent(window: Window): ReturnType<FlowStore['extent']> {
    return this.#guarded(() => this.store.extent(window));
  }

  minutes(window: Window): ReturnType<FlowStore['minutes']> {
    return this.#guardedItems(this.store.minutes(window));
  }

  lastHeard(until: bigint | undefined): ReturnType<FlowStore['lastHeard']> {
    return this.#guarded(() => this.store.lastHeard(until));
  }

  nodeStatuses(window: Window, most: number): ReturnType<FlowStore['nodeStatuses']> {
    return this.#guarded(() => this.store.nodeStatuses(window, most));
  }

  removed(): Removed {
    return this.#guarded(() => this.store.removed());
  }

  eventCounts(): ReturnType<FlowStore['eventCounts']> {
    return this.#guarded(() => this.store.eventCounts());
  }

  checkpoints(): ReadonlyMap<string, string> {
    return this.#guarded(() => this.store.checkpoints());
  }

  close(): void {
    this.#isClosed = true;
    this.store.close();
  }

  /** No generator around a generator: flows come one by one. */
  #guardedItems<T>(items: AsyncIterable<T>): AsyncIterable<T> {
    return {
      [Symbol.asyncIterator]: () => {
        const iterator = items[Symbol.asyncIterator]();
        return {
          next: () => iterator.next().catch(this.#fail),
          return: async (value: unknown) => (await iterator.return?.(value)) ?? { done: true, value },
        };
      },
    };
  }

  #guarded<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      return this.#fail(error);
    }
  }

  readonly #fail = (error: unknown): never => {
    if (this.#isClosed) throw new FlowatlasError('unavailable', 'the server is being stopped; ask it again');
    if (!isDamage(error)) throw error;
    const explained = damagedDatabase(error.message);
    this.onDamage(explained);
    throw explained;
  };
}
