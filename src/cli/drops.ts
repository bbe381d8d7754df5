import type { DropGroup, Drops } from '../drops/drops.schema.js';
import type { RestClient } from './rest-client.js';
import { paint, print, safe, safeJson } from './terminal.js';

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
      `${drops.drops.toLocaleString('en')} drops of ${drops.groups.length + drops.groupsLeftOut} causes`,
    ),
  );
  for (const group of drops.groups) printGroup(group);
  if (drops.groupsLeftOut > 0) print(paint.dim(`and ${drops.groupsLeftOut} more causes`));
  if (drops.coverage.eventsLost > 0)
    print(paint.yellow(`Hubble lost ${drops.coverage.eventsLost} events in this window`));
}

function printGroup(group: DropGroup): void {
  const { source = '', destination = '', port, protocol = '', reason = '', direction = '' } = group;
  const where = port === null || port === undefined ? protocol : `${port} ${protocol}`;
  const color = group.explanation.harmless ? paint.dim : paint.red;
  print('');
  print(`${color(`${group.count.toLocaleString('en')} ×`)} ${safe(`${source} → ${destination} ${where}`)}`);
  print(
    `    ${paint.bold(safe(reason))} ${paint.dim(safe(direction.toLowerCase()))}  ${paint.dim(`${group.firstSeen} to ${group.lastSeen}`)}`,
  );
  if (group.deniedBy.length > 0) print(`    denied by ${safe(group.deniedBy.join(', '))}`);
  print(`    ${safe(group.explanation.words)}`);
  print(`    ${paint.cyan('next:')} ${safe(group.explanation.nextStep)}`);
}
