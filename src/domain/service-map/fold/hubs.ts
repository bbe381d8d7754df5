import type { Steps } from '../../steps.js';
import { droppedOf, flowsOf } from '../edge-change.js';
import { isOutside } from '../outside.js';
import type { MapEdge, MapNode } from '../service-map.js';
import { EdgeCounts, type Counts } from './counts.js';

/** What nearly everything speaks with: drawn, it hides the rest. */
export const hubKinds = {
  dns: 'DNS: port 53 or 5353, or what was read as DNS',
  apiserver: 'from and to kube-apiserver, and the service kubernetes',
  metrics:
    'what scrapers open inside of the clusters: Prometheus, vmagent, Alloy, metrics-server, …, by their names',
  health: "Cilium's health checks, and what a host opens to its pods, such as the probes of kubelet",
} as const;
export type HubKind = keyof typeof hubKinds;

type Ends = { source: MapNode; target: MapNode };

const DNS_PORTS: ReadonlySet<number | null> = new Set([53, 5353]);
const HEALTH_PORT = 4240;
/** Names that a release may go before and a role behind: `prometheus-k8s`, `vm-vmagent`. */
const SCRAPER =
  /(^|-)(prometheus|vmagent|grafana-agent|alloy|opentelemetry-collector|otel-collector|metrics-server|datadog)(-|$)/;
const NAME_LABEL = /^(?:k8s:)?app\.kubernetes\.io\/name=(.*)$/;

const tests: Record<HubKind, (edge: MapEdge, ends: Ends) => boolean> = {
  dns: ({ port, dns }) => dns !== undefined || DNS_PORTS.has(port),
  apiserver: (_, { source, target }) => isApiserver(source) || isApiserver(target),
  metrics: (_, { source, target }) => isScraper(source) && !isOutside(target),
  health: ({ port }, { source, target }) =>
    port === HEALTH_PORT ||
    isEntity(source, 'health') ||
    isEntity(target, 'health') ||
    (isEntity(source, 'host') && target.namespace !== ''),
};

function isEntity({ kind, name }: MapNode, entity: string): boolean {
  return kind === 'entity' && name === entity;
}

function isApiserver(node: MapNode): boolean {
  const { kind, name, namespace } = node;
  return (
    name === 'kube-apiserver' || (kind === 'service' && name === 'kubernetes' && namespace === 'default')
  );
}

function isScraper({ name, labels }: MapNode): boolean {
  return [name, ...labels.map((label) => NAME_LABEL.exec(label)?.[1] ?? '')].some((text) =>
    SCRAPER.test(text),
  );
}

/** What one kind hides. */
export interface HubFold extends Counts {
  kind: HubKind;
  /** The nodes that are still drawn and had such edges: where a chip belongs. The busiest first. */
  on: { node: string; edges: number; flows: number }[];
  onLeftOut: number;
}

const MOST_CHIPS = 1_000;

/** Takes the edges of these kinds away. One with drops stays: nobody asks to be kept from knowing of them. */
export function* foldHubs(
  nodes: readonly MapNode[],
  edges: readonly MapEdge[],
  kinds: readonly HubKind[],
): Steps<{ edges: readonly MapEdge[]; hubs: HubFold[] }> {
  if (kinds.length === 0) return { edges, hubs: [] };
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const hidden = new Map<HubKind, MapEdge[]>(kinds.map((kind) => [kind, []]));
  const left: MapEdge[] = [];
  const shown = new Set<string>();
  for (const edge of edges) {
    yield;
    const [source, target] = [byId.get(edge.source), byId.get(edge.target)];
    const isPlain = source === undefined || target === undefined || droppedOf(edge) > 0;
    const kind = isPlain ? undefined : kinds.find((one) => tests[one](edge, { source, target }));
    if (kind !== undefined) {
      hidden.get(kind)?.push(edge);
      continue;
    }
    left.push(edge);
    shown.add(edge.source).add(edge.target);
  }
  const hubs: HubFold[] = [];
  for (const [kind, list] of hidden) hubs.push(yield* hubFold(kind, list, shown));
  return { edges: left, hubs };
}

function* hubFold(kind: HubKind, edges: readonly MapEdge[], shown: ReadonlySet<string>): Steps<HubFold> {
  const sum = new EdgeCounts();
  const chips = new Map<string, { node: string; edges: number; flows: number }>();
  for (const edge of edges) {
    yield;
    sum.add(edge);
    for (const node of new Set([edge.source, edge.target])) {
      if (!shown.has(node)) continue;
      const chip = chips.get(node) ?? { node, edges: 0, flows: 0 };
      chips.set(node, { node, edges: chip.edges + 1, flows: chip.flows + flowsOf(edge) });
    }
  }
  const on = [...chips.values()].sort((a, b) => b.flows - a.flows || (a.node < b.node ? -1 : 1));
  return {
    kind,
    ...sum.counts(),
    on: on.slice(0, MOST_CHIPS),
    onLeftOut: Math.max(0, on.length - MOST_CHIPS),
  };
}
