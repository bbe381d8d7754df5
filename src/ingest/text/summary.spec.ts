import { describe, expect, it } from '@jest/globals';
import { readSummary } from './summary.js';

const l4 = (text: string) => {
  const { protocol, l4 } = readSummary(text, undefined);
  return [protocol, l4];
};
const l7 = (kind: string, type: string, text: string, observationSource = '') =>
  readSummary(text, { kind, type, observationSource });

describe('the summary of a packet', () => {
  it.each([
    ['TCP Flags: SYN, ACK', ['TCP', { flags: { SYN: true, ACK: true } }]],
    ['TCP Flags: SYN:true  ACK:true  FIN:false', ['TCP', { flags: { SYN: true, ACK: true } }]],
    ['TCP Flags: ', ['TCP', { flags: {} }]],
    ['TCP', ['TCP', {}]],
    ['UDP', ['UDP', {}]],
    ['SCTP', ['SCTP', {}]],
    ['ICMPv4 EchoRequest', ['ICMPv4', { type: 8 }]],
    ['ICMPv4 EchoReply', ['ICMPv4', {}]],
    ['ICMPv4 DestinationUnreachable(Port)', ['ICMPv4', { type: 3, code: 3 }]],
    ['ICMPv4 Redirect(TOS+Host)', ['ICMPv4', { type: 5, code: 3 }]],
    ['ICMPv4 EchoReply(Code: 7)', ['ICMPv4', { code: 7 }]],
    ['ICMPv4 42(1)', ['ICMPv4', { type: 42, code: 1 }]],
    ['ICMPv6 EchoReply', ['ICMPv6', { type: 129 }]],
    ['ICMPv6 NeighborSolicitation', ['ICMPv6', { type: 135 }]],
    ['ICMPv6 OfTomorrow', ['', {}]],
    ['', ['', {}]],
    ['ARP', ['', {}]],
  ])('%s', (text, said) => {
    expect(l4(text)).toEqual(said);
  });

  it('may have the id of a trace in front and how it was authenticated behind', () => {
    expect(readSummary('IP Trace ID: 18446744073709551615; TCP Flags: SYN; Auth: SPIRE', undefined)).toEqual({
      text: 'TCP Flags: SYN',
      ipTraceId: '18446744073709551615',
      authType: 'SPIRE',
      protocol: 'TCP',
      l4: { flags: { SYN: true } },
      protocolAssumed: false,
      l7: undefined,
    });
    expect(readSummary('UDP; TEST_ALWAYS_FAIL', undefined)).toMatchObject({
      text: 'UDP',
      authType: 'TEST_ALWAYS_FAIL',
    });
  });
});

describe('the summary of a message', () => {
  it('of HTTP', () => {
    expect(l7('http', 'REQUEST', 'HTTP/1.1 GET http://x/y?(a)&b={c}')).toMatchObject({
      protocol: 'TCP',
      protocolAssumed: true,
      l7: { type: 'REQUEST', http: { method: 'GET', url: 'http://x/y?(a)&b={c}', protocol: 'HTTP/1.1' } },
    });
    expect(l7('http', 'RESPONSE', 'HTTP/2 404 12ms (POST https://x/y)').l7).toEqual({
      type: 'RESPONSE',
      latency_ns: '12000000',
      http: { code: 404, method: 'POST', url: 'https://x/y', protocol: 'HTTP/2' },
    });
    expect(l7('http', 'RESPONSE', 'HTTP/3 200 0ms (GET https://x/)')).toMatchObject({ protocol: 'UDP' });
    expect(l7('http', 'RESPONSE', 'HTTP/3 200 0ms (GET https://x/)').l7).not.toHaveProperty('latency_ns');
    expect(l7('http', 'REQUEST', '').l7).toEqual({ type: 'REQUEST', http: {} });
  });

  it.each([
    ['DNS Query a.example. A,AAAA', { query: 'a.example.', qtypes: ['A', 'AAAA'] }],
    [
      'DNS Answer "10.96.118.37,10.0.0.1" TTL: 30 (Proxy web.default.svc. A)',
      {
        query: 'web.default.svc.',
        observation_source: 'proxy',
        qtypes: ['A'],
        ttl: 30,
        ips: ['10.96.118.37', '10.0.0.1'],
      },
    ],
    [
      'DNS Answer RCode: Non-Existent Domain TTL: 4294967295 (Proxy x. AAAA)',
      { query: 'x.', observation_source: 'proxy', qtypes: ['AAAA'], ttl: 4_294_967_295, rcode: 3 },
    ],
    [
      'DNS Answer "1.2.3.4" CNAMEs: "b.,c." TTL: 0 (Query a. A)',
      { query: 'a.', qtypes: ['A'], ips: ['1.2.3.4'], cnames: ['b.', 'c.'] },
    ],
    ['DNS Answer  TTL: 5 (Query a. A)', { query: 'a.', qtypes: ['A'], ttl: 5 }],
    [
      'DNS Answer RCode: Server Failure  TTL: 5 (Query a. A)',
      { query: 'a.', qtypes: ['A'], ttl: 5, rcode: 2 },
    ],
    [
      'DNS Answer RCode: Non-Existent Domain (Query a.svc.cluster.local. A)',
      { query: 'a.svc.cluster.local.', qtypes: ['A'], rcode: 3 },
    ],
    ['DNS Answer "1.2.3.4" (Query a. A)', { query: 'a.', qtypes: ['A'], ips: ['1.2.3.4'] }],
  ])('of DNS: %s', (text, dns) => {
    expect(l7('dns', 'X', text)).toMatchObject({ protocol: 'UDP', protocolAssumed: true });
    expect(l7('dns', 'X', text).l7).toEqual({ type: 'X', dns });
  });

  it('of Kafka, and of protocols of its own', () => {
    expect(
      l7('kafka', 'RESPONSE', "Kafka response fetch correlation id 5 topic 'it's' return code 3").l7,
    ).toEqual({
      type: 'RESPONSE',
      kafka: { error_code: 3, api_key: 'fetch', correlation_id: 5, topic: "it's" },
    });
    expect(l7('l7', '', 'anything')).toMatchObject({ protocol: '', protocolAssumed: false, l7: {} });
  });
});
