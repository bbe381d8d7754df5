import { readText, Refusal, shown, type SidedCriterion } from './criterion.js';

/** `--port`: exact, of TCP, UDP or SCTP; beyond Hubble a range such as `8000-8100`, both ends included. */
export const port: SidedCriterion<string> = {
  field: 'port',
  flag: { name: 'port', describe: 'port number, 0 to 65535, or a range such as 8000-8100' },
  read(value) {
    const text = readText(value);
    if (portsOf(text) === undefined) {
      throw new Refusal(`${shown(value)} is no port from 0 to 65535, nor a range of them such as 8000-8100`);
    }
    return text;
  },
  test(values) {
    const ranges = values.flatMap((value) => portsOf(value) ?? []);
    const exact = new Set(ranges.filter(({ from, to }) => from === to).map(({ from }) => from));
    const wide = ranges.filter(({ from, to }) => from < to);
    return ({ traits, sourcePort, destinationPort }, side) => {
      if (!hasPorts(traits.protocol)) return false;
      const port = side === 'source' ? sourcePort : destinationPort;
      return exact.has(port) || wide.some(({ from, to }) => from <= port && port <= to);
    };
  },
};

export function isRange(port: unknown): boolean {
  return typeof port === 'string' && port.includes('-');
}

/** The ports of a range one by one, as Hubble takes them. */
export function eachPort(port: string): string[] {
  const { from, to } = portsOf(port) ?? { from: 0, to: -1 };
  return Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
}

function hasPorts(protocol: string): boolean {
  return protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP';
}

function portsOf(text: string): { from: number; to: number } | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
  return from <= to && to <= 65_535 ? { from, to } : undefined;
}
