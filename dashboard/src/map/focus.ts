import type { CollectionReturnValue, Core } from 'cytoscape';
import type { Selection } from '../state/view-state.js';
import { edgeKey, nodeKey } from './elements.js';

export interface Focus {
  selected: Selection | null;
  hovered: Selection | null;
  /** Ids of nodes that the text in "find" matches; null when there is none. */
  found: ReadonlySet<string> | null;
}

function elementOf(cy: Core, selection: Selection | null): CollectionReturnValue {
  if (!selection) return cy.collection();
  return cy.getElementById(selection.kind === 'node' ? nodeKey(selection.id) : edgeKey(selection.id));
}

/** Lights what is hovered, else selected, else found, and fades the rest. */
export function applyFocus(cy: Core, { selected, hovered, found }: Focus): void {
  const chosen = elementOf(cy, selected);
  const centre = hovered ? elementOf(cy, hovered) : chosen;
  cy.batch(() => {
    cy.elements().removeClass('faded lit chosen');
    chosen.addClass('chosen');
    if (centre.nonempty()) light(cy, centre);
    else if (found) lightFound(cy, found);
  });
}

function light(cy: Core, centre: CollectionReturnValue): void {
  const near = centre.nodes().closedNeighborhood().union(centre.edges().connectedNodes()).union(centre);
  cy.elements().not('.box').difference(near).addClass('faded');
  near.edges().addClass('lit');
  centre.nodes().addClass('lit');
}

function lightFound(cy: Core, found: ReadonlySet<string>): void {
  const nodes = cy.nodes().filter((node) => found.has(String(node.data('own'))));
  const inside = nodes.edgesWith(nodes);
  cy.elements().not('.box').difference(nodes).difference(inside).addClass('faded');
  nodes.addClass('lit');
}

/** Brings a selection into view when it lies outside of it, and only then. */
export function reveal(cy: Core, selection: Selection): void {
  const element = elementOf(cy, selection);
  if (element.empty()) return;
  const shown = cy.extent();
  const box = element.union(element.connectedNodes()).boundingBox();
  const visible = box.x1 >= shown.x1 && box.x2 <= shown.x2 && box.y1 >= shown.y1 && box.y2 <= shown.y2;
  if (!visible) cy.animate({ center: { eles: element } }, { duration: 200 });
}
