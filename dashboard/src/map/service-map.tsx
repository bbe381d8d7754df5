import { useEffect, useMemo, useRef, useState, type JSX, type ReactNode, type RefObject } from 'react';
import type { Selection } from '../state/view-state.js';
import type { Theme } from '../state/use-theme.js';
import { droppedOf } from './edge-class.js';
import { HoverCard } from './hover-card.js';
import { sceneOf, settle } from './position-memory.js';
import { useCytoscape } from './use-cytoscape.js';
import { redoLayout, useDrawing, useFocus, useMapStyle, useResize } from './use-drawing.js';
import { fit, remember, zoomBy } from './viewport.js';
import type { Graph } from './visible-graph.js';

export interface MapCommands {
  fit: () => void;
  zoom: (factor: number) => void;
  layout: () => void;
}

interface Props {
  /** What is drawn. */
  graph: Graph;
  /** All of the map: what the toggles hide keeps its place. */
  whole: Graph;
  sceneKey: string;
  theme: Theme;
  selected: Selection | null;
  found: ReadonlySet<string> | null;
  onSelect: (selection: Selection | null) => void;
  onOpen: (selection: Selection) => void;
  commands: RefObject<MapCommands | null>;
  children: ReactNode;
}

export function ServiceMap(props: Props): JSX.Element {
  const { graph, whole, sceneKey, theme, selected, found, onSelect, onOpen, commands, children } = props;
  const container = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<Selection | null>(null);
  const scene = sceneOf(sceneKey);
  const cy = useCytoscape(container, {
    onSelect: (selection) => {
      settle(scene);
      onSelect(selection);
    },
    onOpen,
    onHover: setHovered,
    onMoved: (id, position) => {
      settle(scene);
      scene.positions.set(id, position);
    },
    onTouched: () => {
      settle(scene);
      if (cy) remember(cy, scene);
    },
  });
  useMapStyle(cy, theme);
  useDrawing(cy, scene, graph, whole);
  useFocus(cy, { selected, hovered, found }, graph);
  useResize(cy, container, scene);

  useEffect(() => {
    if (!cy) return;
    commands.current = {
      fit: () => {
        scene.viewport = null;
        fit(cy);
      },
      zoom: (factor) => {
        zoomBy(cy, factor);
        remember(cy, scene);
      },
      layout: () => {
        redoLayout(cy, scene, graph);
      },
    };
    return () => {
      commands.current = null;
    };
  }, [cy, scene, graph, commands]);

  const dropped = useMemo(() => graph.edges.filter((edge) => droppedOf(edge) > 0).length, [graph]);
  return (
    <div
      className="map"
      data-testid="map"
      data-nodes={graph.nodes.length}
      data-edges={graph.edges.length}
      data-dropped-edges={dropped}
    >
      <div
        className="map-canvas"
        ref={container}
        role="img"
        aria-label={`Service map: ${String(graph.nodes.length)} nodes, ${String(graph.edges.length)} edges, ${String(dropped)} with drops. The Edges tab lists the same as a table.`}
      />
      {children}
      <HoverCard graph={graph} hovered={hovered} />
    </div>
  );
}
