import { readConfig, type Flags } from '../config.js';
import { print } from './terminal.js';

/** A second signal, or this long without an end, and the process goes at once. Milliseconds. */
const PATIENCE = 9_000;

/** Serves until a signal; what was accepted is stored before the end. */
export async function serve(flags: Flags, checkOnly: boolean): Promise<void> {
  const config = readConfig(process.env, flags);
  if (checkOnly) {
    print('the configuration is good');
    return;
  }
  const { startServer } = await import('../server.js');
  const server = await startServer(config);
  print(`listening on ${server.url}`);
  stopOnSignal(() => server.close());
}

export function stopOnSignal(close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), PATIENCE).unref();
    void close().then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
