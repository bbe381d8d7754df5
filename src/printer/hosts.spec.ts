import { describe, expect, it } from '@jest/globals';
import { compact, HEAD, type Fields } from '../../test/support/print.js';
import type { Style } from './style.js';

describe('the ends of a flow', () => {
  const ends = (fields: Fields, more: Partial<Style> = {}) =>
    compact(fields, more)
      .slice(HEAD.length + 2)
      .replace(/ to-endpoint .*$/, '');

  it('are pods, services, DNS names or addresses, in this order', () => {
    const bare = { source: { identity: 2 }, destination: { identity: 1 } };
    expect(ends(bare)).toBe('10.0.1.5:41822 (world) -> 10.0.2.7:80 (host)');
    const named = { ...bare, source_names: ['a.example.com', 'b.example.com'], destination_names: [] };
    expect(ends(named)).toBe('a.example.com,b.example.com:41822 (world) -> 10.0.2.7:80 (host)');
    const served = { ...named, source_service: { name: 'web', namespace: 'shop' } };
    expect(ends(served)).toBe('shop/web:41822 (world) -> 10.0.2.7:80 (host)');
    expect(ends({ ...served, source: { pod_name: 'web-0', namespace: 'other', identity: 300 } })).toBe(
      'shop/web-0:41822 (ID:300) -> 10.0.2.7:80 (host)',
    );
    expect(ends({ ...bare, source: { pod_name: 'static' } })).toBe(
      'static:41822 (unknown) -> 10.0.2.7:80 (host)',
    );
  });

  it('are addresses and numbers when names are not wanted', () => {
    expect(ends({}, { names: false })).toBe('10.0.1.5:41822 (ID:23001) -> 10.0.2.7:80 (ID:23001)');
  });

  it('are turned for a reply, and stand as they are when that is not known', () => {
    expect(ends({ is_reply: true })).toBe('pay/api-0:80 (ID:23001) <- shop/web-0:41822 (ID:23001)');
    expect(ends({ is_reply: undefined })).toBe('shop/web-0:41822 (ID:23001) <> pay/api-0:80 (ID:23001)');
    expect(ends({ is_reply: null, reply: true })).toBe(
      'shop/web-0:41822 (ID:23001) <> pay/api-0:80 (ID:23001)',
    );
  });

  it('have their IPv6 address in brackets where a port follows', () => {
    const six = {
      IP: { source: 'fd00::1', destination: 'fd00::2', ipVersion: 'IPv6' },
      source: {},
      destination: {},
    };
    expect(ends(six)).toBe('[fd00::1]:41822 (unknown) -> [fd00::2]:80 (unknown)');
    expect(ends({ ...six, l4: { ICMPv6: { type: 128 } } })).toBe('fd00::1 (unknown) -> fd00::2 (unknown)');
  });

  it.each(['TCP', 'UDP', 'SCTP'])('have ports in %s, but not port 0', (protocol) => {
    expect(ends({ l4: { [protocol]: { destination_port: 53 } } })).toBe(
      'shop/web-0 (ID:23001) -> pay/api-0:53 (ID:23001)',
    );
  });

  it.each([
    ['ICMPv4', { type: 8 }],
    ['VRRP', { type: 1, vrid: 7, priority: 100 }],
    ['IGMP', { type: 22, group_address: '224.0.0.22' }],
  ])('have no ports in %s', (protocol, message) => {
    expect(ends({ l4: { [protocol]: message } })).toBe('shop/web-0 (ID:23001) -> pay/api-0 (ID:23001)');
  });

  it('are MAC addresses without IP, and nothing where a mask took that, too', () => {
    const ethernet = { source: '0e:00:00:00:00:01', destination: '0e:00:00:00:00:02' };
    expect(ends({ IP: undefined, ethernet })).toBe(
      '0e:00:00:00:00:01 (ID:23001) -> 0e:00:00:00:00:02 (ID:23001)',
    );
    expect(ends({ IP: undefined })).toBe(' (ID:23001) ->  (ID:23001)');
  });

  it('are known by the reserved identities that have a name', () => {
    const named = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 104, 16_777_217].map(
      (identity) => / (\(\S+\)) ->/.exec(ends({ source: { identity } }))?.[1],
    );
    expect(named.join(' ')).toBe(
      '(unknown) (host) (world) (unmanaged) (health) (init) (remote-node) (kube-apiserver) (ingress) (world-ipv4) (world-ipv6) (ID:11) (ID:104) (ID:16777217)',
    );
  });
});

describe('records in the other spelling of protojson', () => {
  it('are printed the same', () => {
    const said = {
      eventType: { type: 4, subType: 3 },
      isReply: true,
      nodeName: 'c/n1',
      sourceService: { name: 'web', namespace: 'shop' },
      l4: { UDP: { sourcePort: 53, destinationPort: 4000 } },
      destination: { podName: 'p', namespace: 'n', identity: '9' },
      verdict: 1,
    };
    const base = { event_type: undefined, is_reply: undefined, source: undefined, Summary: 'UDP' };
    expect(compact({ ...base, ...said }, { nodeName: true })).toBe(
      `${HEAD} [c/n1]: n/p:4000 (world-ipv4) <- shop/web:53 (unknown) to-stack FORWARDED (UDP)`,
    );
  });
});
