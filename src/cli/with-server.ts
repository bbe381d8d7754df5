import { existsSync } from 'node:fs';
import { readConfig, withoutSources, type Config } from '../config.js';
import { withInput } from './input.js';
import { withOwnStore, type Intake } from './own-store.js';
import { RestClient } from './rest-client.js';
import type { SourceOptions } from './source-options.js';
import { throwAwayFolder } from './throw-away-folder.js';

const DEFAULT_SERVER = 'http://127.0.0.1:8787';

/**
 * Every command asks the same REST API: of the server that was named, or of the one that runs
 * here; else of one that this process starts for itself on the data folder, or on a file.
 */
export async function withServer<T>(
  options: SourceOptions,
  use: (client: RestClient) => Promise<T>,
): Promise<T> {
  if (options.inputFile !== undefined) return withFile(options.inputFile, use);
  const running = await runningServer(options);
  if (running !== undefined) return use(running);
  refuseMissing(options.data);
  return withOwnServer(options.data, use);
}

/** The same for who waits for what comes: it comes to a server that runs, and never to one of this process. */
export async function withRunningServer<T>(
  options: SourceOptions,
  use: (client: RestClient) => Promise<T>,
): Promise<T> {
  const running = await runningServer(options);
  if (running !== undefined) return use(running);
  throw new Error(
    `no server answers at ${DEFAULT_SERVER}; start one with \`flowatlas serve\`, or name another with --server (FLOWATLAS_SERVER)`,
  );
}

/** The same for who stores: without a server, this process writes into the data folder itself. */
export async function withIntake<T>(options: SourceOptions, use: (intake: Intake) => Promise<T>): Promise<T> {
  const running = await runningServer(options);
  return running === undefined ? withOwnStore(configOf(options.data), use) : use(running);
}

/** The one that was named, or that runs here, unless a data folder was. */
async function runningServer({ server, data }: SourceOptions): Promise<RestClient | undefined> {
  const named = server ?? (data === undefined ? process.env['FLOWATLAS_SERVER'] : undefined);
  if (named !== undefined) return new RestClient(named);
  return data === undefined && (await answers(DEFAULT_SERVER)) ? new RestClient(DEFAULT_SERVER) : undefined;
}

/** A question must not make a folder. */
function refuseMissing(data: string | undefined): void {
  const folder = configOf(data).data;
  if (existsSync(folder)) return;
  const noServer = data === undefined ? `, and no server answers at ${DEFAULT_SERVER}` : '';
  throw new Error(`${folder} does not exist${noServer}; import flows first`);
}

async function withFile<T>(file: string, use: (client: RestClient) => Promise<T>): Promise<T> {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const data = throwAwayFolder();
  await withInput(file, ({ pieces, written }) =>
    withOwnStore(configOf(data), (intake) =>
      intake.sendFlows(pieces, written === undefined ? {} : { written }),
    ),
  );
  return withOwnServer(data, use);
}

async function withOwnServer<T>(
  data: string | undefined,
  use: (client: RestClient) => Promise<T>,
): Promise<T> {
  // Only here, so that talking to a running server does not load Nest.
  const { startServer } = await import('../server.js');
  const server = await startServer(configOf(data));
  try {
    return await use(new RestClient(server.url));
  } finally {
    await server.close();
  }
}

function configOf(data: string | undefined): Config {
  const folder = data === undefined ? {} : { data };
  return readConfig(process.env, { ...withoutSources, listen: '127.0.0.1:0', log: 'error', ...folder });
}

async function answers(server: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/api/v1/status', server), { signal: AbortSignal.timeout(500) });
    const status = (await response.json()) as { version?: unknown; flows?: unknown };
    return typeof status.version === 'string' && typeof status.flows === 'number';
  } catch {
    return false;
  }
}
