import type { StylesheetJson } from 'cytoscape';
import type { MapNode } from '../../../src/service-map/service-map.schema.js';
import { NODE_HEIGHT } from './blocks.js';
import type { EdgeClass } from './edge-class.js';
import type { Palette } from './palette.js';

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

const nodeShapes = {
  label: 'round-tag',
  workload: 'round-rectangle',
  pod: 'round-rectangle',
  namespace: 'round-rectangle',
  cluster: 'round-rectangle',
  service: 'round-hexagon',
  entity: 'ellipse',
  fqdn: 'barrel',
  cidr: 'cut-rectangle',
  ip: 'rectangle',
  unknown: 'rhomboid',
  group: 'round-octagon',
} as const satisfies Record<MapNode['kind'], string>;

/** Dash patterns tell the kinds of edges apart without any colour. */
export const edgeDashes: Record<EdgeClass, number[]> = {
  forwarded: [],
  dropped: [7, 5],
  mixed: [14, 4, 3, 4],
  audit: [2, 4],
  other: [2, 5],
};

export function mapStyle(palette: Palette): StylesheetJson {
  return [...nodeStyle(palette), ...boxStyle(palette), ...edgeStyle(palette), ...focusStyle(palette)];
}

function nodeStyle(palette: Palette): StylesheetJson {
  const shapes = Object.entries(nodeShapes).map(([kind, shape]) => ({
    selector: `node.${kind}`,
    style: { shape },
  }));
  return [
    {
      selector: 'node',
      style: {
        label: 'data(label)',
        color: palette.text,
        'background-color': palette.node,
        'border-color': palette['node-line'],
        'border-width': 1.5,
        'font-family': FONT,
        'font-size': 13,
        'text-valign': 'center',
        'text-wrap': 'wrap',
        'text-max-width': '400px',
        'line-height': 1.15,
        'overlay-opacity': 0,
      },
    },
    { selector: 'node[width]', style: { width: 'data(width)', height: NODE_HEIGHT } },
    ...shapes,
    { selector: 'node.unknown', style: { 'border-style': 'dashed' } },
    { selector: 'node.has-drops', style: { 'border-color': palette.dropped, 'border-width': 2 } },
  ] as StylesheetJson;
}

function boxStyle(palette: Palette): StylesheetJson {
  return [
    {
      selector: 'node.box',
      style: {
        shape: 'round-rectangle',
        'corner-radius': '10',
        'background-color': palette.box,
        'background-opacity': 1,
        'border-color': palette['box-line'],
        'border-width': 1,
        label: 'data(label)',
        color: palette.muted,
        'font-size': 13,
        'font-weight': 600,
        'text-valign': 'top',
        'text-margin-y': -5,
        padding: '18px',
        'z-index': 0,
      },
    },
  ] as StylesheetJson;
}

function edgeStyle(palette: Palette): StylesheetJson {
  const coloured = (name: EdgeClass, arrow: string, extra: object): object => ({
    selector: `edge.${name}`,
    style: {
      'line-color': palette[name],
      'target-arrow-color': palette[name],
      'target-arrow-shape': arrow,
      ...(edgeDashes[name].length > 0
        ? { 'line-style': 'dashed', 'line-dash-pattern': edgeDashes[name] }
        : { 'line-style': 'solid' }),
      ...extra,
    },
  });
  const loud = (name: 'dropped' | 'mixed' | 'audit'): object => ({
    color: palette[name],
    'font-size': 13,
    'font-weight': 600,
    'min-zoomed-font-size': 4,
    'z-index': 5,
  });
  return [
    {
      selector: 'edge',
      style: {
        width: 'data(width)',
        label: 'data(label)',
        color: palette.muted,
        'curve-style': 'unbundled-bezier',
        'control-point-distances': 'data(bend)',
        'control-point-weights': 0.5,
        'arrow-scale': 1.1,
        'font-family': FONT,
        'font-size': 11,
        'min-zoomed-font-size': 7,
        'text-wrap': 'wrap',
        'text-max-width': '400px',
        'text-margin-x': 'data(labelX)',
        'text-margin-y': 'data(labelY)',
        'text-background-color': palette.canvas,
        'text-background-opacity': 0.88,
        'text-background-padding': '2px',
        'text-background-shape': 'round-rectangle',
        'overlay-opacity': 0,
        'z-index': 1,
      },
    },
    {
      selector: 'edge[loop]',
      style: {
        'curve-style': 'bezier',
        'loop-direction': '0deg',
        'loop-sweep': '-50deg',
        'control-point-step-size': 'data(loop)',
      },
    },
    { selector: 'edge.quiet', style: { 'text-opacity': 0, 'text-background-opacity': 0 } },
    { selector: 'edge.dns', style: { 'line-opacity': 0.5 } },
    coloured('forwarded', 'triangle', {}),
    coloured('other', 'triangle', {}),
    coloured('audit', 'triangle', loud('audit')),
    coloured('mixed', 'triangle', loud('mixed')),
    coloured('dropped', 'triangle-cross', loud('dropped')),
  ] as StylesheetJson;
}

function focusStyle(palette: Palette): StylesheetJson {
  return [
    { selector: 'node.faded', style: { opacity: 0.38 } },
    { selector: 'edge.faded', style: { opacity: 0.14 } },
    { selector: 'node.lit', style: { 'border-color': palette.accent, 'border-width': 2.5 } },
    {
      selector: 'edge.lit',
      style: { 'min-zoomed-font-size': 0, 'text-opacity': 1, 'text-background-opacity': 0.88, 'z-index': 8 },
    },
    {
      selector: 'node.chosen',
      style: { 'border-color': palette.accent, 'border-width': 4, 'border-style': 'solid' },
    },
    {
      selector: 'edge.chosen',
      style: {
        'underlay-color': palette.accent,
        'underlay-opacity': 0.28,
        'underlay-padding': 6,
        'min-zoomed-font-size': 0,
        'z-index': 9,
      },
    },
  ] as StylesheetJson;
}
