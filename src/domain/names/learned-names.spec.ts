import { describe, expect, it } from '@jest/globals';
import { flow, pod, world } from '../../../test/support/make-flow.js';
import { LearnedNames } from './learned-names.js';

type Fields = Record<string, unknown>;

const web = {
  source: pod('shop/web-0'),
  destination: world,
  IP: { source: '10.0.1.5', destination: '203.0.113.9' },
};
const at = (second: number, more: Fields = {}) =>
  flow({ ...web, time: new Date(Date.UTC(2026, 5, 1, 10, 0, second)).toISOString(), ...more });
/** The same connection told by its answer: ends are swapped. */
const answerTo = (second: number, client = pod('shop/web-0')) =>
  at(second, {
    source: pod('kube-system/dns-0'),
    destination: client,
    is_reply: true,
    l7: { type: 'RESPONSE', dns: {} },
  });
const minutes = (count: number) => BigInt(count) * 60_000_000_000n;

function namesWith(...answers: [second: number, name: string, ttl?: bigint][]): LearnedNames {
  const names = new LearnedNames();
  for (const [second, name, ttl = minutes(1)] of answers)
    names.learn(answerTo(second), { name, addresses: ['203.0.113.9'], ttl });
  return names;
}

const learned = (names: LearnedNames, told = at(10)) => names.named(told, 'destination')?.learned?.name;

describe('names learned from DNS', () => {
  it('are those that the same client was given for the address', () => {
    const names = namesWith([5, 'api.example.com']);
    expect(learned(names)).toEqual({ name: 'api.example.com', confidence: 'exact' });
    expect(learned(names, at(10, { source: pod('shop/cart-0') }))).toBeUndefined();
    const other = { source: '10.0.1.5', destination: '203.0.113.10' };
    expect(learned(names, at(10, { IP: other }))).toBeUndefined();
  });

  it('name the address in replies, too', () => {
    const reply = {
      source: world,
      destination: pod('shop/web-0'),
      IP: { source: '203.0.113.9', destination: '10.0.1.5' },
    };
    const names = namesWith([5, 'api.example.com']);
    expect(names.named(at(10, reply), 'source')?.learned?.name?.name).toBe('api.example.com');
    expect(names.named(at(10, reply), 'destination')).toBeUndefined();
  });

  it('say how sure they are: several that hold are shared, the newest is told; what holds no longer is stale', () => {
    const two = namesWith([3, 'a.example.com'], [5, 'b.example.com']);
    expect(learned(two)).toEqual({ name: 'b.example.com', confidence: 'shared' });
    const old = namesWith([3, 'a.example.com', 0n], [5, 'b.example.com', minutes(10)]);
    expect(learned(old, at(120))).toEqual({ name: 'b.example.com', confidence: 'exact' });
    expect(learned(namesWith([3, 'a.example.com']), at(120))).toEqual({
      name: 'a.example.com',
      confidence: 'stale',
    });
    expect(learned(namesWith([3, 'a.example.com']), at(7_200))).toBeUndefined();
  });

  it('were told before, but for records that are a little out of order', () => {
    const names = namesWith([11, 'api.example.com'], [30, 'later.example.com']);
    expect(learned(names)).toEqual({ name: 'api.example.com', confidence: 'exact' });
    expect(learned(names, at(8))).toBeUndefined();
  });

  it('never stand in for a name that Hubble gave, a pod, or an entity of the cluster', () => {
    const names = namesWith([5, 'api.example.com']);
    expect(learned(names, at(10, { destination_names: ['given.example.com'] }))).toBeUndefined();
    expect(learned(names, at(10, { destination: pod('pay/api-0') }))).toBeUndefined();
    expect(
      learned(names, at(10, { destination: { identity: 1, labels: ['reserved:host'] } })),
    ).toBeUndefined();
    const cidr = { identity: 16_777_217, labels: ['cidr:203.0.113.0/24', 'reserved:world'] };
    expect(learned(names, at(10, { destination: cidr }))?.name).toBe('api.example.com');
  });

  it('are the same object for the same name, and bounded', () => {
    const names = new LearnedNames(2);
    for (const address of ['203.0.113.7', '203.0.113.8', '203.0.113.9'])
      names.learn(answerTo(5), { name: 'api.example.com', addresses: [address], ttl: minutes(1) });
    const told = at(10);
    expect(names.named(told, 'destination')).toBeDefined();
    expect(names.named(told, 'destination')).toBe(names.named(told, 'destination'));
    const forgotten = at(10, { IP: { source: '10.0.1.5', destination: '203.0.113.7' } });
    expect(names.named(forgotten, 'destination')).toBeUndefined();
  });

  it('are forgotten with the clients that were told longest ago', () => {
    const names = new LearnedNames(16);
    const clients = Array.from({ length: 17 }, (_, i) => pod(`shop/web-${i}`));
    const tell = (client: Fields) => {
      names.learn(answerTo(5, client), {
        name: 'a.example.com',
        addresses: ['203.0.113.9'],
        ttl: minutes(1),
      });
    };
    clients.slice(0, 16).forEach(tell);
    tell(clients[0]!);
    tell(clients[16]!);
    const known = clients.map((source) => learned(names, at(10, { source })) !== undefined);
    expect(known).toEqual(clients.map((_, i) => i < 1 || i > 3));
  });
});
