import { describe, expect, it } from '@jest/globals';
import { everything } from '../domain/filter/filter.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { always } from '../domain/filter/window.js';
import { everyone } from '../domain/viewer.js';
import { clock, opening, second, ten, type OpenedStore } from '../store/opened.contract.js';
import { jsonText } from '../../test/support/json-text.js';
import { newFlow, record, words } from '../../test/support/make-flow.js';
import { openSqlite } from '../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../test/support/temporary-folder.js';
import { Feed } from './feed.js';
import { follow, type NewsQuery } from './follow.js';

const newFolder = temporaryFolders();
const opened = opening(() => Promise.resolve(openSqlite(newFolder(), clock)));

/** Stores so many flows, and tells the feed as the server does. */
function source({ writer }: OpenedStore, feed: Feed) {
  let stored = 0;
  writer.onCommit = () => {
    feed.publish();
  };
  return async (flows: number, fields: Record<string, unknown> = {}) => {
    for (let i = 0; i < flows; i++)
      writer.append(newFlow(jsonText(record({ uuid: `flow-${++stored}`, ...fields }))));
    await writer.commit();
  };
}

/** Follows in the background; `until` waits for that many flows. */
function following({ store }: OpenedStore, feed: Feed, query: Partial<NewsQuery> & { signal: AbortSignal }) {
  const seen: number[] = [];
  let skipped = 0;
  let wake: () => void = () => undefined;
  const read = async () => {
    const asked = { filter: everything, window: always, afterSeq: 0, ...query };
    for await (const news of follow(store, feed, everyone, asked)) {
      seen.push(...news.flows.map(({ seq }) => seq));
      skipped += news.skipped;
      wake();
    }
  };
  const ended = read();
  const until = async (isEnough: () => boolean) => {
    while (!isEnough()) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { seen, skipped: () => skipped, until, ended };
}

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe('following', () => {
  it('gives what was there and then what comes, each flow once', () =>
    opened(async (at) => {
      const feed = new Feed();
      const put = source(at, feed);
      await put(300);
      const stop = new AbortController();
      const reader = following(at, feed, { signal: stop.signal });
      for (let i = 0; i < 20; i++) await put(i * 7);
      await reader.until(() => reader.seen.length >= 300 + 190 * 7);
      await put(1);
      await reader.until(() => reader.seen.length > 300 + 190 * 7);
      stop.abort();
      await reader.ended;
      expect(reader.seen).toEqual(upTo(300 + 190 * 7 + 1));
      expect(reader.skipped()).toBe(0);
    }));

  it('gives only what passes filter and window', () =>
    opened(async (at) => {
      const feed = new Feed();
      const put = source(at, feed);
      const stop = new AbortController();
      const filter = parseFilter(words({ verdict: 'DROPPED' }));
      const window = { since: ten + 5n * second, until: undefined };
      const reader = following(at, feed, { filter, window, signal: stop.signal });
      await put(3, { verdict: 'DROPPED' });
      await put(3, { time: '2026-06-01T10:00:06Z' });
      await put(2, { verdict: 'DROPPED', time: '2026-06-01T10:00:06Z' });
      await reader.until(() => reader.seen.length >= 2);
      stop.abort();
      await reader.ended;
      expect(reader.seen).toEqual([7, 8]);
      expect(reader.skipped()).toBe(0);
    }));

  it('holds nothing for who is slow, and tells what retention took meanwhile', () =>
    opened(async (at) => {
      const feed = new Feed();
      const put = source(at, feed);
      const stop = new AbortController();
      const asked = { filter: everything, window: always, afterSeq: 0, signal: stop.signal };
      const reader = follow(at.store, feed, everyone, asked);
      const first = reader.next();
      await put(2, { time: '2026-06-01T09:00:00Z' });
      expect(await first).toMatchObject({ value: { flows: [{ seq: 1 }, { seq: 2 }], skipped: 0 } });
      // It does not ask for more while flows come and go.
      await put(5, { time: '2026-06-01T09:10:00Z' });
      await at.writer.trim({ keepFor: 60_000 });
      await put(1);
      expect(await reader.next()).toMatchObject({ value: { flows: [{ seq: 8 }], skipped: 5 } });
      await put(4, { time: '2026-06-01T09:20:00Z' });
      await at.writer.trim({ keepFor: 60_000 });
      expect(await reader.next()).toMatchObject({ value: { flows: [], skipped: 4 } });
      stop.abort();
      expect(await reader.next()).toMatchObject({ done: true });
    }));

  it('ends at once while it waits, and lets go of the feed', () =>
    opened(async (at) => {
      let followers = 0;
      const feed = new (class extends Feed {
        override follow(follower: () => void): () => void {
          followers++;
          const unfollow = super.follow(follower);
          return () => {
            followers--;
            unfollow();
          };
        }
      })();
      const stop = new AbortController();
      const reader = following(at, feed, { signal: stop.signal });
      expect(followers).toBe(1);
      stop.abort();
      await reader.ended;
      expect(followers).toBe(0);
      const late = following(at, feed, { signal: stop.signal });
      await late.ended;
      expect({ seen: late.seen, followers }).toEqual({ seen: [], followers: 0 });
    }));
});
