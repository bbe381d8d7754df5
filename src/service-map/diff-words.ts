import { quantiles } from '../domain/service-map/chance.js';
import { droppedOf, letThrough, passageOf } from '../domain/service-map/edge-change.js';
import type { MapDiffResponse } from './map-diff.schema.js';
import type { MapEdge, MapNode } from './service-map.schema.js';

type LoneEdge = MapDiffResponse['edges']['added'][number];
type Changes = MapDiffResponse['edges']['changed'][number]['changes'];
type Named = Pick<MapNode, 'id' | 'kind' | 'name' | 'namespace'>;

/** `namespace/name`; the whole id where that is the name of several nodes. */
export function nodeNames(nodes: readonly Named[]): (id: string) => string {
  const names = new Map(nodes.map((node) => [node.id, shortName(node)]));
  const often = new Map<string, number>();
  for (const name of names.values()) often.set(name, (often.get(name) ?? 0) + 1);
  return (id) => {
    const name = names.get(id);
    return name === undefined || (often.get(name) ?? 0) > 1 ? id : name;
  };
}

function shortName({ kind, name, namespace }: Named): string {
  return namespace === '' || kind === 'namespace' ? name : `${namespace}/${name}`;
}

export function portWords({ port, protocol }: Pick<MapEdge, 'port' | 'protocol'>): string {
  return `${port ?? ''} ${protocol}`.trim();
}

/** Of an edge that only one window has: `allowed, 12 flows`. */
export function loneWords(edge: LoneEdge): string[] {
  const passage = passageOf(edge);
  const [through, dropped] = [letThrough(edge), droppedOf(edge)];
  const counts = [through > 0 ? `${through} let through` : '', dropped > 0 ? `${dropped} dropped` : ''];
  return [
    `${passage}: ${counts.filter(Boolean).join(', ') || 'no verdict'}`,
    ...Object.keys(edge.dropReasons),
    ...(edge.turned ? ['the other way round in the other window: who is the client is a guess'] : []),
    ...(edge.faint ? [FAINT] : []),
  ];
}

const FAINT = 'few flows: may be chance';

export function changeWords(changes: Changes): string[] {
  const { verdict, newReasons = {}, goneReasons = {}, dropShare, volume, latency = {} } = changes;
  const { serverErrors, clientErrors, faint } = changes;
  return [
    ...(verdict ? [`${verdict.a} → ${verdict.b}`] : []),
    ...Object.entries(newReasons).map(([reason, count]) => `new reason ${reason} (${count})`),
    ...Object.entries(goneReasons).map(([reason, count]) => `reason gone: ${reason} (${count})`),
    ...(dropShare ? [`dropped ${shares(dropShare)}`] : []),
    ...(serverErrors ? [`HTTP 5xx ${shares(serverErrors)}`] : []),
    ...(clientErrors ? [`HTTP 4xx ${shares(clientErrors)}`] : []),
    ...quantiles.flatMap((name) => (latency[name] ? [`${name} ${scales(latency[name], ' ms')}`] : [])),
    ...(volume ? [`flows a minute ${scales(volume, '')}`] : []),
    ...(faint ? [FAINT] : []),
  ];
}

function shares({ a, b }: { a: number; b: number }): string {
  return `${rounded(a * 100)} % → ${rounded(b * 100)} %`;
}

function scales({ a, b, ratio }: { a: number; b: number; ratio: number | null }, unit: string): string {
  return `${rounded(a)}${unit} → ${rounded(b)}${unit}${ratio === null ? '' : ` (× ${rounded(ratio)})`}`;
}

/** Three digits that count. */
export function rounded(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
