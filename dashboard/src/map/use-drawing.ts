import type { Core } from 'cytoscape';
import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import type { Theme } from '../state/use-theme.js';
import { toElements } from './elements.js';
import { applyFocus, reveal, type Focus } from './focus.js';
import { mapStyle } from './map-style.js';
import { readPalette } from './palette.js';
import { arrange, layoutAgain, type Scene } from './position-memory.js';
import { moveNodes, syncElements } from './sync.js';
import { fit, isAllInView, restore } from './viewport.js';
import type { Graph } from './visible-graph.js';

export function useMapStyle(cy: Core | null, theme: Theme): void {
  useEffect(() => {
    cy?.style(mapStyle(readPalette()));
  }, [cy, theme]);
}

/** Draws the graph of a scene: known nodes stay, new ones get a place. */
export function useDrawing(cy: Core | null, scene: Scene, graph: Graph, whole: Graph): void {
  const drawn = useRef<Scene | null>(null);
  useEffect(() => {
    if (!cy) return;
    const renewed = arrange(scene, whole, Date.now());
    const elements = toElements(graph, scene.positions);
    syncElements(cy, elements);
    const otherScene = drawn.current !== scene;
    if (renewed || otherScene) moveNodes(cy, elements);
    if (otherScene || (renewed && !scene.viewport)) restore(cy, scene);
    else if (!scene.viewport && !isAllInView(cy)) fit(cy);
    drawn.current = scene;
  }, [cy, scene, graph, whole]);
}

export function useFocus(cy: Core | null, focus: Focus, graph: Graph): void {
  const { selected, hovered, found } = focus;
  useEffect(() => {
    if (cy) applyFocus(cy, { selected, hovered, found });
  }, [cy, selected, hovered, found, graph]);
  useEffect(() => {
    if (!cy || !selected) return;
    // The side panel opens in the same moment and narrows the map.
    const timer = setTimeout(() => {
      reveal(cy, selected);
    }, 60);
    return () => {
      clearTimeout(timer);
    };
  }, [cy, selected]);
}

export function useResize(cy: Core | null, container: RefObject<HTMLElement | null>, scene: Scene): void {
  useLayoutEffect(() => {
    if (!cy || !container.current) return;
    const observer = new ResizeObserver(() => {
      cy.resize();
      if (!scene.viewport) fit(cy);
    });
    observer.observe(container.current);
    return () => {
      observer.disconnect();
    };
  }, [cy, container, scene]);
}

export function redoLayout(cy: Core, scene: Scene, graph: Graph): void {
  layoutAgain(scene, graph);
  scene.viewport = null;
  moveNodes(cy, toElements(graph, scene.positions));
  fit(cy);
}
