import { invalidFilter } from '../errors.js';
import type { Criterion } from './criterion.js';

/** `--traffic-direction`: of the connection, seen from the endpoint local to the node. */
export const trafficDirection: Criterion = {
  name: 'traffic-direction',
  describe: 'ingress or egress',
  parse(values) {
    const wanted = new Set(values.map(readDirection));
    return (flow) => wanted.has(flow.traits.direction);
  },
};

function readDirection(value: string): string {
  const name = value.toUpperCase();
  if (name === 'INGRESS' || name === 'EGRESS') return name;
  throw invalidFilter('traffic-direction', `"${value}" is neither ingress nor egress`);
}
