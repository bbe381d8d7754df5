import { expect, it } from '@jest/globals';
import { HeapGuard } from './heap-guard.js';

it('answers are refused one after another where the heap is nearly full, so that each may be room for the others', () => {
  let [share, now] = [0.5, 0];
  const guard = new HeapGuard(
    () => share,
    () => now,
  );
  const check = () => {
    guard.check();
  };
  expect(check).not.toThrow();
  share = 0.81;
  expect(check).toThrow('no memory left for an answer this large');
  now += 5_000;
  expect(check).not.toThrow();
  now += 10_000;
  expect(check).toThrow(expect.objectContaining({ code: 'unavailable', details: { retryAfterSeconds: 10 } }));
  share = 0.5;
  now += 5_000;
  expect(check).not.toThrow();
});
