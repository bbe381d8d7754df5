// As one POST of NDJSON, until the server says that all of it is on disk: --file FILE --url URL [--start BYTE] [--end BYTE],
// as fast as the server takes it, or so that the whole file takes [--lasts SECONDS].
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { readBytes } from '../lib/files.mjs';
import { told, optionsOfPart } from '../lib/part.mjs';

const { file, url, start: from, end, lasts } = optionsOfPart();
const headers = { 'content-type': 'application/x-ndjson' };
const start = performance.now();
const post = request(new URL('/api/v1/flows', url), { method: 'POST', headers });
const answered = once(post, 'response');
await pipeline(lasts === undefined ? readBytes(file, { start: from, end }) : paced(), post);
const [response] = await answered;
let text = '';
for await (const chunk of response.setEncoding('utf8')) text += chunk;
const seconds = (performance.now() - start) / 1000;
if (response.statusCode >= 300) throw new Error(`${response.statusCode}: ${text}`);
told({ flows: JSON.parse(text).stored, seconds });

async function* paced() {
  const { size } = await stat(file);
  let sent = 0;
  for await (const chunk of readBytes(file)) {
    sent += chunk.length;
    const early = (sent / size) * lasts * 1000 - (performance.now() - start);
    if (early > 0) await setTimeout(early);
    yield chunk;
  }
}
