import Database from 'better-sqlite3';
import { describe, expect, it } from '@jest/globals';
import { readEndpoint } from '../../domain/flow/endpoint-reader.js';
import { checksumOf, compress, Effort } from './compression.js';
import { DictionaryReader } from './dictionary-reader.js';
import { Kind } from './dictionary-writer.js';
import { endpointLine } from './dictionary-lines.js';

const ENDPOINTS = 600;
const GENERATIONS = 3;
/** Of very many values: each takes ten times its text. */
const raw = (generation: number, i: number) => ({
  pod_name: `pod-${generation}-${i}`,
  workloads: Array.from({ length: 1_000 }, (_, n) => ({ name: String(n) })),
});

function hugeDictionary(): Database.Database {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE dictionary (generation, kind, first_id, entries, lines, checksum)');
  const insert = db.prepare('INSERT INTO dictionary VALUES (?, ?, 0, ?, ?, ?)');
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const lines = Array.from({ length: ENDPOINTS }, (_, i) =>
      endpointLine(readEndpoint({ raw: raw(generation, i), ip: '', names: [], service: undefined })),
    );
    const packed = compress(Buffer.from(`${lines.join('\n')}\n`), Effort.lines);
    insert.run(generation, Kind.endpoint, ENDPOINTS, packed, checksumOf(packed));
  }
  return db;
}

describe('reading a dictionary', () => {
  it('holds no more than there is room for, and reads again what it forgot', () => {
    const reader = new DictionaryReader(hugeDictionary(), 2);
    for (const number of [0, 1, 2, 0, 1]) {
      const generation = reader.generation(number);
      for (let i = 0; i < ENDPOINTS; i++) {
        const { pod, workloads } = generation.endpoint(i);
        expect([pod, workloads.length]).toEqual([`pod-${number}-${i}`, 1_000]);
        // Its lines, and of what was read 64 MiB.
        expect(generation.bytes).toBeLessThan(90 << 20);
      }
      // Who reads segment after segment asks for it each time: however large, it stays.
      expect(reader.generation(number)).toBe(generation);
    }
  });

  it('keeps generations that are no larger than usual', () => {
    const reader = new DictionaryReader(hugeDictionary(), 2);
    const [first, second] = [reader.generation(0), reader.generation(1)];
    expect(reader.generation(0)).toBe(first);
    expect(reader.generation(1)).toBe(second);
    reader.generation(2);
    expect(reader.generation(1)).toBe(second);
    expect(reader.generation(0)).not.toBe(first);
    for (let i = 0; i < 400; i++) second.endpoint(i);
    const others = [reader.generation(2), reader.generation(1), reader.generation(2)];
    expect(others[0]).toBe(others[2]);
    expect(reader.generation(1)).not.toBe(second);
  });
});
