import type { Core, ElementDefinition } from 'cytoscape';

/** Makes the drawing show these elements, touching only what differs. */
export function syncElements(cy: Core, wanted: readonly ElementDefinition[]): void {
  const ids = new Set(wanted.map((element) => element.data.id));
  cy.batch(() => {
    cy.elements()
      .filter((element) => !ids.has(element.id()))
      .remove();
    for (const element of wanted) {
      const known = cy.getElementById(element.data.id ?? '');
      if (known.empty()) {
        cy.add(element);
        continue;
      }
      known.data(element.data);
      const focus = ['faded', 'lit', 'chosen'].filter((name) => known.hasClass(name));
      known.classes([String(element.classes ?? ''), ...focus].join(' '));
    }
  });
}

/** Moves nodes after a new layout. Boxes follow what is in them. */
export function moveNodes(cy: Core, wanted: readonly ElementDefinition[]): void {
  cy.batch(() => {
    for (const element of wanted) {
      if (element.position) cy.getElementById(element.data.id ?? '').position(element.position);
    }
  });
}
