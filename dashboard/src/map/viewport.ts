import type { Core } from 'cytoscape';
import type { Scene } from './position-memory.js';

const PADDING = 36;
/** A map of three nodes should not fill a wall. */
const MAX_FIT_ZOOM = 1.2;

export function fit(cy: Core): void {
  if (cy.width() === 0 || cy.elements().empty()) return;
  cy.stop();
  cy.fit(undefined, PADDING);
  if (cy.zoom() > MAX_FIT_ZOOM) {
    cy.zoom(MAX_FIT_ZOOM);
    cy.center();
  }
}

export function zoomBy(cy: Core, factor: number): void {
  cy.zoom({
    level: cy.zoom() * factor,
    renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 },
  });
}

/** Back to where the user left this scene; everything in view when nobody moved it. */
export function restore(cy: Core, scene: Scene): void {
  if (scene.viewport) cy.viewport({ zoom: scene.viewport.zoom, pan: scene.viewport.pan });
  else fit(cy);
}

export function remember(cy: Core, scene: Scene): void {
  scene.viewport = { zoom: cy.zoom(), pan: { ...cy.pan() } };
}

export function isAllInView(cy: Core): boolean {
  const shown = cy.extent();
  const all = cy.elements().boundingBox();
  return all.x1 >= shown.x1 && all.x2 <= shown.x2 && all.y1 >= shown.y1 && all.y2 <= shown.y2;
}
