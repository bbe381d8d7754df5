import { afterAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, repository, temporaryFolder } from '../support/run-server.js';

afterAll(cleanUp);

const FLOWS = 20_000;

interface Told {
  lost_events?: unknown;
  flow?: {
    uuid: string;
    verdict: string;
    IP: { ipVersion: string };
    l4: object;
    l7?: object;
    drop_reason_desc?: string;
    source: { namespace?: string; pod_name?: string };
  };
}

function bench(script: string, ...flags: string[]): string {
  const options = { cwd: repository, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [`bench/${script}.mjs`, ...flags], options);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

function capture(flows: number, ...flags: string[]): string {
  const file = join(temporaryFolder(), 'flows.jsonl');
  bench('generate', String(flows), file, ...flags);
  return readFileSync(file, 'utf8');
}

const records = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);

/** The value with its keys sorted and spelt in one way. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([key, item]) => [
    key.replaceAll('_', '').toLowerCase(),
    plain(item),
  ]);
  return Object.fromEntries(members.sort() as [string, unknown][]);
}

describe('the generator of captures', () => {
  const text = capture(FLOWS);
  const flows = records(text).flatMap(({ flow }) => (flow === undefined ? [] : [flow]));

  it('writes as many flows as asked for, each its own', () => {
    expect(flows).toHaveLength(FLOWS);
    expect(new Set(flows.map(({ uuid }) => uuid)).size).toBe(FLOWS);
  });

  it('begins a longer capture with the shorter one, and another seed with another', () => {
    const shorter = capture(FLOWS / 10);
    expect(text.startsWith(shorter)).toBe(true);
    expect(text.startsWith(capture(10, '--seed=2'))).toBe(false);
  });

  it('tells of every protocol, verdict and version of IP', () => {
    const seen = (values: readonly (string | undefined)[]) => [...new Set(values)].filter(Boolean).sort();
    expect(seen(flows.map(({ IP }) => IP.ipVersion))).toEqual(['IPv4', 'IPv6']);
    expect(seen(flows.flatMap(({ l4 }) => Object.keys(l4)))).toEqual(
      expect.arrayContaining(['ICMPv4', 'ICMPv6', 'IGMP', 'SCTP', 'TCP', 'UDP', 'VRRP']),
    );
    expect(seen(flows.flatMap(({ l7 }) => Object.keys(l7 ?? {})))).toEqual(
      expect.arrayContaining(['dns', 'http', 'kafka']),
    );
    expect(seen(flows.map(({ verdict }) => verdict))).toEqual(
      expect.arrayContaining(['AUDIT', 'DROPPED', 'FORWARDED', 'REDIRECTED', 'TRACED', 'TRANSLATED']),
    );
    expect(seen(flows.map(({ drop_reason_desc }) => drop_reason_desc)).length).toBeGreaterThan(8);
  });

  it('has the cluster that the issue of speed asks for', () => {
    const pods = new Set(flows.map(({ source }) => `${source.namespace ?? ''}/${source.pod_name ?? ''}`));
    const namespaces = new Set(
      flows.map(({ source }) => source.namespace).filter((name) => name !== undefined),
    );
    // All 50 and kube-system; not every pod has spoken yet.
    expect(namespaces.size).toBe(51);
    expect(pods.size).toBeGreaterThan(2500);
  });

  it.each(['spaced', 'camel', 'reordered', 'general'])('tells the same in the dialect %s', (dialect) => {
    const few = text.split('\n').slice(0, 500).join('\n');
    const other = capture(500, `--dialect=${dialect}`);
    expect(other.trimEnd()).not.toBe(few);
    expect(records(other).map(plain)).toEqual(records(few).map(plain));
  });
});

describe('the measurements', () => {
  it('of ingest print rates, sizes and ratios', () => {
    const flags = ['--flows=2000', '--large', '--large-flows=4000', '--general=500', '--rounds=1'];
    const said = bench('ingest', ...flags, '--zstd-flows=500');
    expect(said).toMatch(/file to disk \/ JSON\.parse of each line +\d+\.\d\d ×/);
    expect(said).toMatch(/upload by HTTP \/ file to disk +\d+\.\d\d ×/);
    expect(said).toMatch(/rate at 4,000 \/ rate at 2,000 flows +\d+\.\d\d ×/);
    expect(said).toMatch(/gzip -6 +\d+\.\d +\d+\.\d\d ×/);
  });

  const hasDuckDb = existsSync(join(repository, 'bench/compare/node_modules/@duckdb'));
  const withDuckDb = hasDuckDb ? it : it.skip;
  const orSkipped = hasDuckDb ? '' : ' (skipped: bench/compare is not installed)';
  withDuckDb(`of questions find the answers of DuckDB equal, and print both times${orSkipped}`, () => {
    const said = bench('query', '--flows=4000', '--days=1', '--uploaded=4000', '--rounds=3', '--seconds=2');
    expect(said).toMatch(/last 100 drops +\d+( +[\d.,]+){3}$/m);
    expect(said).toMatch(/edges, last hour +\d+( +[\d.,]+){3}$/m);
  });

  it('of live views find every client with the map of REST', () => {
    const said = bench(
      'live',
      '--clients=6',
      '--processes=2',
      '--flows=2000',
      '--level=namespace',
      '--rounds=1',
    );
    expect(said).toMatch(/all 6 hold exactly the map/);
  });

  it('refuse what they do not know', () => {
    const { status, stderr } = spawnSync(process.execPath, ['bench/ingest.mjs', '--flows=many'], {
      cwd: repository,
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr).toContain('--flows: many is no whole number above 0');
  });
});
