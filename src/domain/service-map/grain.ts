import {
  isLabelLevel,
  labelNode,
  LEVELS,
  type Level,
  type MapLevel,
  type NodeIdentity,
} from '../flow/node-identity.js';
import type { Endpoint } from '../flow/flow.js';

/** Names of nodes: each its id, or the end of it (`kube-system`, `payments/api`), which may mean nodes of several clusters. */
export interface NodesNamed {
  /** Nodes of the level in whose place stand those of the next finer one. */
  expand: readonly string[];
  /** Nodes of coarser levels that stand in the place of those in them. */
  collapse: readonly string[];
}

/** What the nodes of a map are: a level, and where it is finer or coarser. */
export class Grain {
  readonly #expand: ReadonlySet<string>;
  readonly #collapse: ReadonlySet<string>;

  constructor(
    readonly level: MapLevel,
    readonly named: NodesNamed = { expand: [], collapse: [] },
  ) {
    this.#expand = new Set(named.expand);
    this.#collapse = new Set(named.collapse);
  }

  static of(grain: Grain | MapLevel): Grain {
    return grain instanceof Grain ? grain : new Grain(grain);
  }

  /** The same everywhere on the map. */
  get isEven(): boolean {
    return this.#expand.size === 0 && this.#collapse.size === 0;
  }

  /** Sums at the grain of workloads can tell it. */
  get isCoarse(): boolean {
    const { level } = this;
    return level !== 'pod' && !isLabelLevel(level) && (level !== 'workload' || this.#expand.size === 0);
  }

  /** The node of an endpoint, by what it is `at` each level. */
  nodeOf(endpoint: Endpoint, at: (level: Level) => NodeIdentity): NodeIdentity {
    const { level } = this;
    if (isLabelLevel(level)) return labelNode(endpoint, level) ?? at('workload');
    const place = LEVELS.indexOf(level);
    for (const coarser of this.#collapse.size === 0 ? [] : LEVELS.slice(0, place)) {
      const node = at(coarser);
      if (isNamed(node, this.#collapse)) return node;
    }
    const node = at(level);
    const finer = LEVELS[place + 1];
    return finer !== undefined && isNamed(node, this.#expand) ? at(finer) : node;
  }
}

function isNamed({ id }: NodeIdentity, names: ReadonlySet<string>): boolean {
  if (names.size === 0) return false;
  for (let from = 0; ; from++) {
    if (names.has(id.slice(from))) return true;
    from = id.indexOf('/', from);
    if (from < 0) return false;
  }
}
