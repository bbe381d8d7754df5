import { describe, expect, it } from '@jest/globals';
import { flow, pod } from '../../../test/support/make-flow.js';
import { ServicesAsked } from './services-asked.js';

type Fields = Record<string, unknown>;

const web = pod('shop/web-0');
const api = pod('pay/api-0');
const at = (second: number, more: Fields) =>
  flow({
    time: new Date(Date.UTC(2026, 5, 1, 10, 0, second)).toISOString(),
    source: web,
    destination: api,
    IP: { source: '10.0.1.5', destination: '10.0.2.7' },
    l4: { TCP: { source_port: 41_822, destination_port: 8080 } },
    ...more,
  });
const sock = (second: number, sub_type: number, more: Fields) =>
  at(second, { Type: 'SOCK', event_type: { type: 7, sub_type }, ...more });
const frontend = {
  destination: {},
  IP: { source: '10.0.1.5', destination: '10.96.0.10' },
  l4: { TCP: { destination_port: 80 } },
};
const named = { ...frontend, destination_service: { name: 'api', namespace: 'pay' } };
const backend = { l4: { TCP: { destination_port: 8080 } } };

function asked(
  pre: Fields = named,
  post: Fields = backend,
  seconds: readonly [number, number] = [1, 1],
): ServicesAsked {
  const services = new ServicesAsked();
  services.learn(sock(seconds[0], 1, pre), '7', 'c');
  services.learn(sock(seconds[1], 2, post), '7', 'c');
  return services;
}

const service = (services: ServicesAsked, told = at(2, {}), side: 'source' | 'destination' = 'destination') =>
  services.reached(told, side)?.learned?.service;
const API = { name: 'api', namespace: 'pay' };

describe('Services that clients asked for', () => {
  it('are those of the backend that the same socket was sent to, for packets of that client there and back', () => {
    const services = asked();
    expect(service(services)).toEqual(API);
    const reply = at(2, {
      source: api,
      destination: web,
      IP: { source: '10.0.2.7', destination: '10.0.1.5' },
      l4: { TCP: { source_port: 8080, destination_port: 41_822 } },
    });
    expect(service(services, reply, 'source')).toEqual(API);
    expect(service(services, reply, 'destination')).toBeUndefined();
    expect(services.reached(at(2, {}), 'destination')).toBe(services.reached(at(2, {}), 'destination'));
  });

  it.each<[string, Fields]>([
    ['another client', { source: pod('shop/cart-0') }],
    ['another pod at the address', { destination: pod('pay/new-0') }],
    ['another port', { l4: { TCP: { destination_port: 9090 } } }],
    ['another protocol', { l4: { UDP: { destination_port: 8080 } } }],
    ['an hour later', { time: '2026-06-01T11:00:02Z' }],
    ['long before', { time: '2026-06-01T09:59:00Z' }],
    ['an end that Hubble told the Service of', { destination_service: { name: 'x', namespace: 'y' } }],
  ])('are not told of %s', (_, more) => {
    expect(service(asked(), at(2, more))).toBeUndefined();
  });

  it('are not guessed: another socket, too long after, or an address that no record named', () => {
    const other = new ServicesAsked();
    other.learn(sock(1, 1, named), '7', 'c');
    other.learn(sock(1, 2, backend), '8', 'c');
    expect(service(other)).toBeUndefined();
    expect(service(asked(named, backend, [1, 30]), at(31, {}))).toBeUndefined();
    expect(service(asked(frontend))).toBeUndefined();
    const ping = { l4: { ICMPv4: { type: 8 } } };
    expect(service(asked(named, { l4: {} }), at(2, ping))).toBeUndefined();
  });

  it('are known by their address where another record of the cluster named it', () => {
    const services = new ServicesAsked();
    services.learnFrontend(at(0, named), 'destination', 'c');
    services.learn(sock(1, 1, frontend), '7', 'c');
    services.learn(sock(1, 2, backend), '7', 'c');
    expect(service(services)).toEqual(API);
    const at80 = at(2, frontend);
    expect(services.atFrontend(at80, 'destination', 'c')?.learned?.service).toEqual(API);
    expect(services.atFrontend(at80, 'destination', 'other')).toBeUndefined();
    const at81 = at(2, { ...frontend, l4: { TCP: { destination_port: 81 } } });
    expect(services.atFrontend(at81, 'destination', 'c')).toBeUndefined();
  });

  it('are forgotten where a socket asks for something else, and beyond so many', () => {
    const services = new ServicesAsked(2);
    services.learn(sock(1, 1, named), '7', 'c');
    services.learn(sock(1, 1, frontend), '7', 'c');
    services.learn(sock(1, 2, backend), '7', 'c');
    expect(service(services)).toBeUndefined();
    for (const port of [1, 2, 3]) {
      services.learn(sock(1, 1, named), '7', 'c');
      services.learn(sock(1, 2, { l4: { TCP: { destination_port: port } } }), '7', 'c');
    }
    const known = [1, 2, 3].map((port) =>
      service(services, at(2, { l4: { TCP: { destination_port: port } } })),
    );
    expect(known).toEqual([undefined, undefined, API]);
  });
});
