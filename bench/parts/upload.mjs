// As one POST of NDJSON, until the server says that all of it is on disk: --file FILE --url URL [--start BYTE] [--end BYTE].
import { once } from 'node:events';
import { request } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { readBytes } from '../lib/files.mjs';
import { told, optionsOfPart } from '../lib/part.mjs';

const { file, url, start: from, end } = optionsOfPart();
const headers = { 'content-type': 'application/x-ndjson' };
const start = performance.now();
const post = request(new URL('/api/v1/flows', url), { method: 'POST', headers });
const answered = once(post, 'response');
await pipeline(readBytes(file, { start: from, end }), post);
const [response] = await answered;
let text = '';
for await (const chunk of response.setEncoding('utf8')) text += chunk;
const seconds = (performance.now() - start) / 1000;
if (response.statusCode >= 300) throw new Error(`${response.statusCode}: ${text}`);
told({ flows: JSON.parse(text).stored, seconds });
