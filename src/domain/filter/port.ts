import { invalidFilter } from '../errors.js';
import type { SidedCriterion } from './criterion.js';

/** `--port`: exact, of TCP, UDP or SCTP. */
export const port: SidedCriterion = {
  name: 'port',
  describe: 'port number, 0 to 65535',
  parse(values) {
    const wanted = new Set(values.map(readPort));
    return (flow, side) => {
      if (!hasPorts(flow.traits.protocol)) return false;
      return wanted.has(side === 'source' ? flow.sourcePort : flow.destinationPort);
    };
  },
};

function hasPorts(protocol: string): boolean {
  return protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP';
}

function readPort(value: string): number {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : -1;
  if (number < 0 || number > 65_535) throw invalidFilter('port', `"${value}" is no port from 0 to 65535`);
  return number;
}
