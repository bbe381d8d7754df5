import { once } from 'node:events';
import { Agent, get } from 'node:http';

/** Asks over one connection that stays open; the time is from asking to the last byte, without parsing. */
export function reader(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return async (path) => {
    const start = performance.now();
    const [response] = await once(get(new URL(path, url), { agent }), 'response');
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    const milliseconds = performance.now() - start;
    if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${text}`);
    return { milliseconds, text };
  };
}
