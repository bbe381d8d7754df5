/** The keeping thread: packs, counts and commits segments, so that this does not hold up the thread that fills them. */
import { parentPort, workerData } from 'node:worker_threads';
import { DatabaseRefused, openForWriting, readMigrations, refusal } from './store/sqlite/database.js';
import type { FromKeeper, ToKeeper } from './store/sqlite/keeper-protocol.js';
import { KeeperServer, newsTo } from './store/sqlite/keeper-server.js';
import { SegmentKeeper } from './store/sqlite/segment-keeper.js';

const { file, migrations } = workerData as { file: string; migrations: string };
const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');
const send = (message: FromKeeper) => {
  port.postMessage(message);
};

try {
  const server = new KeeperServer(openKeeper(), send);
  port.on('message', (message: ToKeeper) => {
    server.receive(message);
    if (message.kind === 'ask' && message.question.kind === 'close') port.unref();
  });
  send({ kind: 'ready' });
} catch (error) {
  if (!(error instanceof DatabaseRefused)) throw error;
  send({ kind: 'refused', message: error.message });
}

/** What a database holds is read when it is opened; a damaged one cannot be. */
function openKeeper(): SegmentKeeper {
  const db = openForWriting(file, readMigrations(migrations));
  try {
    return new SegmentKeeper(db, newsTo(send));
  } catch (error) {
    db.close();
    throw refusal(file, error);
  }
}
