import type { DropGroup, Drops } from '../drops/drops.schema.js';
import { printCoverage } from './coverage.js';
import type { RestClient } from './rest-client.js';
import { paint, print, safe, safeJson } from './terminal.js';
import { counted } from './words.js';

/** What was dropped, by cause, in words. */
export async function printDrops(
  client: RestClient,
  parameters: Record<string, string | string[] | undefined>,
  format: 'table' | 'json',
): Promise<void> {
  const drops = await client.get<Drops>('/api/v1/drops', parameters);
  if (format === 'json') {
    print(safeJson(drops));
    return;
  }
  print(
    paint.bold(
      `${counted(drops.drops, 'drop')} of ${counted(drops.groups.length + drops.groupsLeftOut, 'cause')}`,
    ),
  );
  if (drops.removed !== null) {
    const { flows, from, to } = drops.removed;
    print(paint.dim(`${counted(flows, 'dropped flow')} from ${from} to ${to} no longer held`));
  }
  for (const group of drops.groups) printGroup(group);
  if (drops.groupsLeftOut > 0)
    print(paint.dim(`and ${counted(drops.groupsLeftOut, 'more cause')}; --limit tells more of them`));
  printCoverage(drops.coverage, drops.groups.length === 0);
}

function printGroup(group: DropGroup): void {
  const { reason, direction, firstSeen, lastSeen } = group;
  const color = group.explanation.harmless ? paint.dim : paint.red;
  const kind = [reason && paint.bold(safe(reason)), direction && paint.dim(safe(direction.toLowerCase()))];
  print('');
  print(joined([color(`${group.count.toLocaleString('en')} ×`), safe(joined(whereOf(group)))]));
  print(`    ${joined([...kind, paint.dim(`${kind.some(Boolean) ? ' ' : ''}${firstSeen} to ${lastSeen}`)])}`);
  if (group.deniedBy.length > 0) print(`    denied by ${safe(group.deniedBy.join(', '))}`);
  print(`    ${safe(group.explanation.words)}`);
  print(`    ${paint.cyan('next:')} ${safe(group.explanation.nextStep)}`);
}

/** Only what was grouped by is there. */
function whereOf({ source, destination, port, protocol, namespace, node, policy }: DropGroup): Part[] {
  const ends =
    source !== undefined && destination !== undefined
      ? [`${source} → ${destination}`]
      : [source && `from ${source}`, destination && `to ${destination}`];
  return [
    ...ends,
    port?.toString(),
    protocol,
    namespace && `in namespace ${namespace}`,
    node && `on node ${node}`,
    // Those that were named stand below.
    policy === '' ? 'without a policy named' : undefined,
  ];
}

type Part = string | undefined;

function joined(parts: readonly Part[]): string {
  return parts.filter(Boolean).join(' ');
}
