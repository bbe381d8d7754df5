// What bare parsing costs, with the cheapest way to split lines: --file FILE [--end BYTE].
import { readBytes } from '../lib/files.mjs';
import { told, optionsOfPart } from '../lib/part.mjs';

const { file, end } = optionsOfPart();
const start = performance.now();
let flows = 0;
let rest = Buffer.alloc(0);
for await (const chunk of readBytes(file, { end })) {
  const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  let from = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
    JSON.parse(bytes.toString('utf8', from, at));
    from = at + 1;
    flows++;
  }
  rest = bytes.subarray(from);
}
told({ flows, seconds: (performance.now() - start) / 1000 });
