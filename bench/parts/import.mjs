// From a file into a folder, until all of it is on disk: --file FILE --data FOLDER [--end BYTE].
import { readConfig } from '../../dist/config.js';
import { openStore } from '../../dist/store/open-store.js';
import { readInPlace } from '../lib/files.mjs';
import { told, optionsOfPart } from '../lib/part.mjs';

const { file, data, end } = optionsOfPart();
const open = await openStore(data, readConfig({}), console.error);
const start = performance.now();
const upload = open.ingest.open();
for await (const chunk of readInPlace(file, { end })) await upload.write(chunk);
const { stored } = await upload.end();
const seconds = (performance.now() - start) / 1000;
await open.close();
told({ flows: stored, seconds });
