import { describe, expect, it } from '@jest/globals';
import { flowRecordOf, record } from '../../test/support/make-flow.js';
import { FlowReader } from '../domain/flow/flow-reader.js';
import { FlowScanner } from './flow-scanner.js';
import { socketCookieOf } from './socket-cookie.js';

const sock = (second: number, more: object) =>
  JSON.stringify(
    record({
      uuid: crypto.randomUUID(),
      time: `2026-06-01T10:00:0${second}Z`,
      Type: 'SOCK',
      event_type: { type: 7, sub_type: 1 },
      interface: { index: second, name: 'a"socket_cookie":"1' },
      ...more,
    }),
  );

/** Read as they come: the first is parsed, the others are scanned by what it taught. */
function cookies(...texts: string[]): { cookie: string; isScanned: boolean }[] {
  const reader = new FlowReader();
  const scanner = new FlowScanner(reader);
  return texts.map((text) => {
    const bytes = Buffer.from(text);
    const scanned = scanner.scan(bytes, 0, bytes.length);
    const flow = scanned ?? scanner.take(bytes, reader.read(flowRecordOf(JSON.parse(text))));
    return { cookie: socketCookieOf(flow), isScanned: scanned !== undefined };
  });
}

describe('cookies of sockets', () => {
  it.each(['socket_cookie', 'socketCookie'])(
    'are found in records that are parsed or scanned: %s',
    (name) => {
      const told = ['7', '8', '18446744073709551615', '8'].map((cookie, i) => sock(i, { [name]: cookie }));
      const found = cookies(...told);
      expect(found.map(({ cookie }) => cookie)).toEqual(['7', '8', '18446744073709551615', '8']);
      expect(found.at(-1)?.isScanned).toBe(true);
    },
  );

  it('are none where the record has none', () => {
    expect(cookies(sock(1, {}), sock(2, {})).map(({ cookie }) => cookie)).toEqual(['', '']);
  });
});
