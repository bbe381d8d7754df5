import { readConfig, type Flags } from '../config.js';
import { asError } from '../domain/errors.js';
import { sourceWarnings } from './check-sources.js';
import { complain, paint, print, safe } from './terminal.js';

/** This long without an end, and the process goes at once. Milliseconds. */
const PATIENCE = 9_000;
/** Ctrl-C under npm comes twice, from the terminal and from npm; only one that comes later is meant. Milliseconds. */
const ECHO = 1_000;

/** Serves until a signal; what was accepted is stored before the end. */
export async function serve(flags: Flags, checkOnly: boolean): Promise<void> {
  const config = readConfig(process.env, flags);
  if (checkOnly) {
    for (const warning of await sourceWarnings(config)) complain(paint.yellow(safe(warning)));
    print('the configuration is good');
    return;
  }
  const { startServer } = await import('../server.js');
  const server = await startServer(config);
  // Whoever reads the next line may send a signal at once.
  stopOnSignal(() => server.close());
  print(`listening on ${server.url}`);
}

/** Another signal, and the process goes at once. */
export function stopOnSignal(close: () => Promise<void>): void {
  let stopping: number | undefined;
  const stop = () => {
    if (stopping !== undefined) {
      if (performance.now() - stopping > ECHO) process.exit(1);
      return;
    }
    stopping = performance.now();
    setTimeout(() => process.exit(1), PATIENCE).unref();
    void close().then(
      () => process.exit(0),
      (error: unknown) => {
        complain(safe(`cannot end as it should: ${asError(error).message}`));
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
