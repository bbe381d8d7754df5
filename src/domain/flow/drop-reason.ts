import { dropReasons130To158 } from './drop-reasons-130-158.js';
import { dropReasons160To181 } from './drop-reasons-160-181.js';
import { dropReasons182To205 } from './drop-reasons-182-205.js';
import type { DropReason, DropReasonRow } from './drop-reasons-entry.js';

export type { DropReason } from './drop-reasons-entry.js';

const policyNumbers: ReadonlySet<number> = new Set([133, 181, 189]);
const harmlessNumbers: ReadonlySet<number> = new Set([173, 174, 199, 200, 201, 205]);

const withoutNumber: readonly DropReasonRow[] = [
  {
    number: 0,
    name: 'DROP_REASON_UNKNOWN',
    text: 'Unknown',
    words: 'Hubble recorded the drop without a reason.',
    nextStep:
      'Look for a second record of the same packet (the policy verdict next to it), and run `cilium-dbg monitor --type drop` on that node to catch the next one.',
  },
  {
    number: 0,
    name: 'L7_DENIED',
    text: 'Refused by an L7 rule',
    words:
      'The connection was allowed, but the L7 proxy refused this request because no HTTP or DNS rule matches it. HTTP clients got 403 "Access denied", DNS clients REFUSED.',
    nextStep:
      'Compare method, path with query string, and host (or the name asked for in DNS) with the L7 rules for this port: `kubectl get cnp,ccnp -A -o yaml`, under toPorts.rules.',
  },
];

/** Every drop reason of Hubble once, and L7_DENIED for the refusals of the proxy, which have none. */
export const dropReasons: readonly DropReason[] = [
  ...withoutNumber,
  ...dropReasons130To158,
  ...dropReasons160To181,
  ...dropReasons182To205,
].map((row) => ({
  ...row,
  harmless: harmlessNumbers.has(row.number),
  policy: policyNumbers.has(row.number),
}));

const byName: ReadonlyMap<string, DropReason> = new Map(dropReasons.map((reason) => [reason.name, reason]));
const byNumber: ReadonlyMap<number, DropReason> = new Map(
  dropReasons.filter(({ name }) => name !== 'L7_DENIED').map((reason) => [reason.number, reason]),
);

export function dropReasonByNumber(n: number): DropReason | undefined {
  return byNumber.get(n);
}

/** The empty name means what it means in JSON, where zero values are left out: reason unknown. */
export function dropReasonByName(name: string): DropReason | undefined {
  return byName.get(name === '' ? 'DROP_REASON_UNKNOWN' : name);
}

/** For any name, known or not: unknown ones are explained honestly as unknown to this version. */
export function explainDropReason(name: string): DropReason {
  const known = dropReasonByName(name);
  if (known) return known;
  const number = /^\d{1,10}$/.test(name) ? Number(name) : 0;
  const numbered = number > 0 ? byNumber.get(number) : undefined;
  if (numbered) return numbered;
  return {
    number,
    name,
    text: name,
    words: `This version does not know the drop reason ${name}; the Cilium that recorded it is probably newer.`,
    nextStep: `Look ${name} up in the release notes or in the flow API of the Cilium version on that node (\`cilium version\`).`,
    harmless: false,
    policy: false,
  };
}
