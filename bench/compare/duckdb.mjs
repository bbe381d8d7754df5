// Loads a capture into a DuckDB file, in a process of its own: --file FILE --data DATABASE --threads N [--record].
// With --record each row also keeps its record.
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { told } from '../lib/part.mjs';
import { load } from './table.mjs';

const text = { type: 'string' };
const { values } = parseArgs({
  options: { file: text, data: text, threads: text, record: { type: 'boolean' } },
});

const instance = await DuckDBInstance.create(values.data, { threads: values.threads });
const connection = await instance.connect();
const start = performance.now();
await connection.run(load(values.file, values.record));
await connection.run('CHECKPOINT');
const seconds = (performance.now() - start) / 1000;
const [[flows]] = (await connection.runAndReadAll('SELECT count(*) FROM flows')).getRows();
connection.closeSync();
instance.closeSync();
told({ flows: Number(flows), seconds, bytes: (await stat(values.data)).size });
