import { describe, expect, it } from '@jest/globals';
import { readDnsAnswer } from './dns-answer.js';

describe('a DNS answer', () => {
  const dns = { query: 'API.Example.com.', ips: ['203.0.113.9', '2001:db8::9'], ttl: 30 };

  it('has a name, its addresses, and how long they hold', () => {
    expect(readDnsAnswer({ type: 'RESPONSE', dns })).toEqual({
      name: 'api.example.com',
      addresses: ['203.0.113.9', '2001:db8::9'],
      ttl: 30_000_000_000n,
    });
    expect(readDnsAnswer({ dns: { ...dns, ttl: undefined } })?.ttl).toBe(0n);
    expect(readDnsAnswer({ dns: { ...dns, ttl: -1 } })?.ttl).toBe(0n);
  });

  it('is none without addresses or a name, where the server refused, and where it is something else', () => {
    for (const none of [
      { dns: { ...dns, ips: [] } },
      { dns: { ...dns, ips: 'x' } },
      { dns: { ...dns, query: '.' } },
      { dns: { ...dns, query: 'x'.repeat(254) } },
      { dns: { ...dns, ips: ['1'.repeat(46)] } },
      { dns: { ...dns, rcode: 3 } },
      { http: {} },
      null,
      'dns',
    ])
      expect(readDnsAnswer(none)).toBeUndefined();
  });
});
