import { hash } from 'node:crypto';

/** Short enough for a URL; the same edge has the same id in every map and after every restart. */
export function edgeId(source: string, target: string, protocol: string, port: number): string {
  const key = `${source}\n${target}\n${protocol}\n${port}`;
  return hash('sha256', key, 'base64url').slice(0, 20);
}
