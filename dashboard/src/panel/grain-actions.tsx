import type { JSX } from 'react';
import type { Level, MapNode } from '../../../src/service-map/service-map.schema.js';
import type { Grain } from '../api/queries.js';
import type { UpdateView } from '../state/view-state.js';

interface Props {
  node: MapNode;
  grain: Grain;
  update: UpdateView;
}

type Change = Partial<Pick<Grain, 'expand' | 'collapse'>>;

/** What a node of a level has in it; pods have nothing. */
const contents: Partial<Record<Level, string>> = {
  cluster: 'namespaces',
  namespace: 'workloads',
  workload: 'pods',
};

/** Draws what is in a node in its place, or the node around it. */
export function GrainActions({ node, grain, update }: Props): JSX.Element {
  const steps = [finerThan(node, grain), coarserThan(node, grain)].filter((step) => step !== undefined);
  return (
    <>
      {steps.map(({ words, change }) => (
        <button
          key={words}
          type="button"
          onClick={() => {
            update({ level: grain.level, ...change, selected: null });
          }}
        >
          {words}
        </button>
      ))}
    </>
  );
}

interface Step {
  words: string;
  change: Change;
}

function finerThan({ id, kind }: MapNode, { level, expand, collapse }: Grain): Step | undefined {
  const closed = names(collapse).find((name) => `/${id}`.endsWith(`/${name}`));
  if (closed !== undefined) return { words: 'Expand', change: { collapse: without(collapse, closed) } };
  const inside = kind === level ? contents[level] : undefined;
  return inside === undefined
    ? undefined
    : { words: `Show its ${inside}`, change: { expand: withName(expand, id) } };
}

function coarserThan({ id, namespace, cluster, kind }: MapNode, grain: Grain): Step | undefined {
  const { level, expand, collapse } = grain;
  const around = names(expand).find((name) => `/${id}`.includes(`/${name}/`));
  if (around !== undefined)
    return {
      words: `Collapse ${around.slice(around.lastIndexOf('/') + 1)}`,
      change: { expand: without(expand, around) },
    };
  if (level !== 'workload' && level !== 'pod') return undefined;
  if (namespace === '' || kind === 'namespace') return undefined;
  return {
    words: `Collapse ${namespace}`,
    change: { collapse: withName(collapse, `${cluster}/${namespace}`) },
  };
}

function names(list: string): string[] {
  return list.split(',').filter((name) => name !== '');
}

function withName(list: string, name: string): string {
  return [...names(list), name].join();
}

function without(list: string, name: string): string {
  return names(list)
    .filter((one) => one !== name)
    .join();
}
