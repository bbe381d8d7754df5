import type { Status } from '../telemetry/status.schema.js';
import { printSummed } from './coverage.js';
import type { RestClient } from './rest-client.js';
import { paint, print, safe, safeJson } from './terminal.js';
import { counted, duration } from './words.js';

export async function printStatus(client: RestClient, format: 'table' | 'json'): Promise<void> {
  const status = await client.get<Status>('/api/v1/status');
  if (format === 'json') {
    print(safeJson(status));
    return;
  }
  const megabytes = (status.bytesOnDisk / 1e6).toFixed(1);
  print(
    `flowatlas ${status.version}, up ${duration(status.uptimeSeconds)}, ${counted(status.liveClients, 'live client')}`,
  );
  print(`${counted(status.flows, 'flow')} in ${megabytes} MB, ${status.flowsPerSecond} stored a second`);
  print(status.oldest === null ? 'no flows yet' : `from ${status.oldest} to ${status.newest ?? ''}`);
  if (status.redaction !== null) {
    const { rules, records } = status.redaction;
    print(`redacted by ${rules.join(', ')}: ${counted(records, 'record')} since the start`);
  }
  const { since, removedFlows } = status.kept;
  if (removedFlows > 0) print(`${counted(removedFlows, 'flow')} removed by retention, up to ${since ?? ''}`);
  printSummed(status.kept);
  if (status.eventsLost > 0)
    print(paint.yellow(`Hubble reported ${counted(status.eventsLost, 'event')} as lost`));
  for (const { firstSeq, lastSeq, oldest, newest, reason } of status.damaged)
    print(paint.red(safe(`flows ${firstSeq} to ${lastSeq}, ${oldest} to ${newest}, are damaged: ${reason}`)));
  for (const { path, records, bytesBehind, lastRecord, lastError } of status.sources) {
    const behind = bytesBehind === 0 ? 'nothing waits' : `${(bytesBehind / 1e6).toFixed(1)} MB wait`;
    print(safe(`${path}: ${counted(records, 'record')}, last of ${lastRecord ?? 'none'}, ${behind}`));
    if (lastError !== null) print(paint.yellow(safe(`  ${lastError.at} ${lastError.message}`)));
  }
}
