import { directions } from '../flow/enums.js';
import type { Criterion } from './criterion.js';
import { EnumValues } from './enum-value.js';

const values = new EnumValues('traffic direction', directions.entries());

/** `--traffic-direction`: of the connection, seen from the endpoint local to the node. */
export const trafficDirection: Criterion<string | number> = {
  field: 'traffic_direction',
  flags: [{ name: 'traffic-direction', describe: 'ingress or egress', value: (word) => word.toUpperCase() }],
  read: (value) => values.read(value),
  test(directions) {
    const wanted = new Set(directions.map((direction) => values.inFlow(direction)));
    return (flow) => wanted.has(flow.traits.direction);
  },
};
