import { useEffect, useRef, useState } from 'react';
import type { MapNode } from '../../../src/service-map/service-map.schema.js';
import { fetchMap } from '../api/queries.js';

function namespaceOf(node: MapNode): string {
  return node.kind === 'namespace' ? node.name : node.namespace;
}

/** All namespaces seen so far: a filtered map knows only some of them. */
export function useNamespaces(nodes: ReadonlyMap<string, MapNode> | undefined): readonly string[] {
  const seen = useRef(new Set<string>());
  const [sorted, setSorted] = useState<readonly string[]>([]);

  const add = useRef((names: Iterable<string>): void => {
    const before = seen.current.size;
    for (const name of names) if (name !== '') seen.current.add(name);
    if (seen.current.size !== before) setSorted([...seen.current].sort());
  });

  useEffect(() => {
    const abort = new AbortController();
    fetchMap(
      { level: 'namespace', expand: '', collapse: '' },
      { namespace: '', verdict: '', query: '' },
      abort.signal,
    )
      .then((map) => {
        add.current(map.nodes.map(namespaceOf));
      })
      .catch(() => undefined);
    return () => {
      abort.abort();
    };
  }, []);

  useEffect(() => {
    if (nodes) add.current([...nodes.values()].map(namespaceOf));
  }, [nodes]);

  return sorted;
}
