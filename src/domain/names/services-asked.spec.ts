import { describe, expect, it } from '@jest/globals';
import { flow, pod } from '../../../test/support/make-flow.js';
import { ServicesAsked } from './services-asked.js';

type Fields = Record<string, unknown>;

const at = (second: number, more: Fields) =>
  flow({
    time: new Date(Date.UTC(2026, 5, 1, 10, 0, second)).toISOString(),
    source: pod('shop/web-0'),
    destination: pod('pay/api-0'),
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
const API = { name: 'api', namespace: 'pay' };

const ask = (services: ServicesAsked, more: Fields = named, cookie = '7') =>
  services.reached(sock(1, 1, more), cookie, 'c');
const sent = (services: ServicesAsked, more: Fields = {}, cookie = '7', second = 1) =>
  services.reached(sock(second, 2, more), cookie, 'c')?.learned?.service;

describe('Services that clients asked for', () => {
  it('are those of the backend that the same socket was sent to', () => {
    const services = new ServicesAsked();
    expect(ask(services)).toBeUndefined();
    expect(sent(services)).toEqual(API);
    const told = sock(1, 2, {});
    expect(services.reached(told, '7', 'c')).toBe(services.reached(told, '7', 'c'));
  });

  it.each<[string, Fields, string, number]>([
    ['another client', { source: pod('shop/cart-0') }, '7', 1],
    ['another socket', {}, '8', 1],
    ['a socket that is not told', {}, '', 1],
    ['long after', {}, '7', 30],
    [
      'an end that Hubble told the Service of',
      { destination_service: { name: 'x', namespace: 'y' } },
      '7',
      1,
    ],
  ])('are not guessed: %s', (_, more, cookie, second) => {
    const services = new ServicesAsked();
    ask(services);
    expect(sent(services, more, cookie, second)).toBeUndefined();
  });

  it('are known by their address where another record of the cluster named it', () => {
    const services = new ServicesAsked();
    ask(services, frontend);
    expect(sent(services)).toBeUndefined();
    services.learnFrontend(at(0, named), 'destination', 'c');
    ask(services, frontend);
    expect(sent(services)).toEqual(API);
    const at80 = at(2, frontend);
    expect(services.atFrontend(at80, 'destination', 'c')?.learned?.service).toEqual(API);
    expect(services.atFrontend(at80, 'destination', 'other')).toBeUndefined();
    const at81 = at(2, { ...frontend, l4: { TCP: { destination_port: 81 } } });
    expect(services.atFrontend(at81, 'destination', 'c')).toBeUndefined();
  });

  it('are forgotten where a socket asks for something else, and beyond so many', () => {
    const services = new ServicesAsked(2);
    ask(services);
    ask(services, frontend);
    expect(sent(services)).toBeUndefined();
    for (const cookie of ['1', '2', '3']) ask(services, named, cookie);
    expect(['1', '2', '3'].map((cookie) => sent(services, {}, cookie))).toEqual([undefined, undefined, API]);
    ask(services, named, '4');
    expect(['3', '4'].map((cookie) => sent(services, {}, cookie))).toEqual([API, API]);
  });
});
