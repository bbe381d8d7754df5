import cytoscape, { type Core, type EventObject, type SingularElementReturnValue } from 'cytoscape';
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { Selection } from '../state/view-state.js';

const GUARD_ID = '__________cytoscape_stylesheet';

export interface MapEvents {
  onSelect: (selection: Selection | null) => void;
  onOpen: (selection: Selection) => void;
  onHover: (selection: Selection | null) => void;
  onMoved: (id: string, position: { x: number; y: number }) => void;
  /** The user zoomed, panned or dragged. */
  onTouched: () => void;
}

/** The library would add an inline style sheet, which the content security policy forbids. */
function guardStyleSheet(): void {
  if (document.getElementById(GUARD_ID)) return;
  const guard = document.createElement('meta');
  guard.id = GUARD_ID;
  document.head.append(guard);
}

/** What an event happened on; null for the empty background. */
function elementOf(event: EventObject): SingularElementReturnValue | null {
  const target = event.target as Core | SingularElementReturnValue;
  return target === event.cy ? null : (target as SingularElementReturnValue);
}

function selectionOf(event: EventObject): Selection | null {
  const element = elementOf(event);
  const own: unknown = element?.data('own');
  if (!element || typeof own !== 'string') return null;
  return { kind: element.isNode() ? 'node' : 'edge', id: own };
}

function create(container: HTMLElement): Core {
  guardStyleSheet();
  return cytoscape({
    container,
    elements: [],
    layout: { name: 'preset' },
    minZoom: 0.08,
    maxZoom: 3,
    boxSelectionEnabled: false,
    autounselectify: true,
  });
}

/** One drawing for the life of the container; events go to whatever handlers are current. */
export function useCytoscape(container: RefObject<HTMLElement | null>, events: MapEvents): Core | null {
  const [cy, setCy] = useState<Core | null>(null);
  const latest = useRef(events);
  latest.current = events;

  useEffect(() => {
    if (!container.current) return;
    const core = create(container.current);
    core.on('tap', (event) => {
      latest.current.onSelect(selectionOf(event));
    });
    core.on('dbltap', 'node', (event) => {
      const selection = selectionOf(event);
      if (selection) latest.current.onOpen(selection);
    });
    core.on('mouseover', 'node, edge', (event) => {
      latest.current.onHover(selectionOf(event));
    });
    core.on('mouseout', 'node, edge', () => {
      latest.current.onHover(null);
    });
    core.on('dragfree', 'node', (event) => {
      const nodes = elementOf(event)?.nodes();
      const moved = nodes?.union(nodes.descendants()).filter((node) => typeof node.data('own') === 'string');
      moved?.nodes().forEach((node) => {
        latest.current.onMoved(String(node.data('own')), { ...node.position() });
      });
    });
    core.on('scrollzoom dragpan pinchzoom', () => {
      latest.current.onTouched();
    });
    setCy(core);
    return () => {
      setCy(null);
      core.destroy();
    };
  }, [container]);

  return cy;
}
