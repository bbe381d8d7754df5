import { describe, expect, it } from '@jest/globals';
import { stopWatch } from '../../../test/support/cpu-time.js';
import { readCompact } from './compact.js';

const LINE =
  'Jul  2 13:42:21.107: default/xwing:41234 (ID:1234) -> default/deathstar:80 (ID:5678) to-endpoint FORWARDED (TCP Flags: SYN)';
const read = (text: string) => readCompact(text)?.printed;

describe('a line of the compact format', () => {
  it.each([',', ' ', '(', ') '])(
    'that is hostile is read in time that grows no faster than it: %j',
    (text) => {
      const worked = stopWatch();
      readCompact(`${LINE.slice(0, -1)} ${text.repeat(60_000)}x`);
      expect(worked()).toBeLessThan(1_000);
    },
  );

  it('is cut into its columns', () => {
    expect(readCompact(LINE)).toEqual({
      isCut: false,
      printed: {
        format: 'compact',
        text: LINE,
        time: 'Jul  2 13:42:21.107',
        node: '',
        source: { host: 'default/xwing:41234', identity: 'ID:1234' },
        destination: { host: 'default/deathstar:80', identity: 'ID:5678' },
        isReply: false,
        type: 'to-endpoint',
        verdict: 'FORWARDED',
        policies: '',
        direction: '',
        dropReason: '',
        summary: 'TCP Flags: SYN',
      },
    });
  });

  it.each([
    '    ',
    '- ',
    '> ',
    '* `',
    '# => ',
    '1. ',
    '[pod/cilium-x7/cilium-agent] ',
    'flows.txt:12:',
    '<pre><code>',
    '2026-06-01T10:00:00.5Z stdout F ',
  ])('may stand behind %p', (prefix) => {
    expect(read(prefix + LINE)).toMatchObject({ time: 'Jul  2 13:42:21.107', summary: 'TCP Flags: SYN' });
  });

  it.each(['`', '",', '</code></pre>', '   ', ' |', '**', ' # this is the first (of two)', ' (see below)'])(
    'may stand before %p',
    (suffix) => {
      expect(readCompact(LINE + suffix)).toMatchObject({
        isCut: false,
        printed: { summary: 'TCP Flags: SYN' },
      });
    },
  );

  it('may know nothing of its ends, of which Hubble before 0.10 prints not even that', () => {
    expect(readCompact('Jul  2 13:42:21.107 [k8s-1]:  <-  UNKNOWN FORWARDED ()')).toMatchObject({
      isCut: false,
      printed: { source: { host: '' }, destination: { host: '' }, type: 'UNKNOWN', verdict: 'FORWARDED' },
    });
    expect(read(LINE.replace('-> ', '->  '))).toMatchObject({
      destination: { host: 'default/deathstar:80', identity: 'ID:5678' },
      type: 'to-endpoint',
    });
  });

  it('is turned round where the arrow is, and knows no direction where it has none', () => {
    expect(read(LINE.replace('->', '<-'))).toMatchObject({
      source: { host: 'default/deathstar:80' },
      destination: { host: 'default/xwing:41234' },
      isReply: true,
    });
    expect(read(LINE.replace('->', '<>'))).toMatchObject({
      source: { host: 'default/xwing:41234' },
      isReply: undefined,
    });
  });

  it('names its node; with it and without identities, the arrow of the first versions says nothing', () => {
    expect(read(LINE.replace('107:', '107 [prod/n1]:'))).toMatchObject({ node: 'prod/n1', isReply: false });
    const old =
      'Jun 17 02:04:01.045 [k8s1]: 10.217.0.1:52486 -> kube-system/dns:8181(intermapper) L3-Only FORWARDED (UDP)';
    expect(read(old)).toMatchObject({ node: 'k8s1', isReply: undefined, type: 'L3-Only' });
  });

  it('may be logged by cilium connectivity test, whose arrow says nothing', () => {
    const logged = (text: string) => read(`  ❓ [12] ${text.replaceAll(/ \(ID:\d+\)/g, '')}`);
    expect(logged(LINE)).toMatchObject({ time: 'Jul  2 13:42:21.107', node: '', isReply: undefined });
    expect(logged(LINE.replace('FORWARDED', 'FORWARDED EGRESS DROP_REASON_UNKNOWN'))).toMatchObject({
      type: 'to-endpoint',
      verdict: 'FORWARDED',
      direction: 'EGRESS',
      dropReason: 'DROP_REASON_UNKNOWN',
      summary: 'TCP Flags: SYN',
    });
    const unknown = 'none DROPPED TRAFFIC_DIRECTION_UNKNOWN POLICY_DENIED';
    expect(logged(LINE.replace('to-endpoint FORWARDED', unknown))).toMatchObject({
      verdict: 'DROPPED',
      direction: '',
      dropReason: 'POLICY_DENIED',
    });
    const between = (from: string, to: string) =>
      read(`Jul  2 13:42:21.107: ${from} -> ${to} to-stack FORWARDED (UDP)`);
    expect(between('10.0.0.7:53', '10.0.0.5:4123')).toMatchObject({ isReply: undefined });
    expect(between('10.0.0.7', '10.0.0.5')).toMatchObject({ isReply: undefined });
    expect(between('10.0.0.5:4123', '10.0.0.7:53')).toMatchObject({ isReply: false });
    expect(between('10.0.0.7:53', 'a/b:4123')).toMatchObject({ isReply: false });
    expect(read(`[3] ${LINE}`)).toMatchObject({ isReply: false });
  });

  it.each([
    ['a drop', 'Policy denied DROPPED', { type: 'Policy denied', verdict: 'DROPPED' }],
    [
      'a reason with parentheses',
      'No tunnel/encapsulation endpoint (datapath BUG!) DROPPED',
      { type: 'No tunnel/encapsulation endpoint (datapath BUG!)' },
    ],
    [
      'a verdict',
      'policy-verdict:none INGRESS AUDITED',
      { type: 'policy-verdict:none INGRESS', verdict: 'AUDITED' },
    ],
    [
      'policies',
      'policy-verdict:L3-L4 INGRESS ALLOWED BY a (CiliumNetworkPolicy), shop/b (NetworkPolicy), c',
      { verdict: 'ALLOWED', policies: 'a (CiliumNetworkPolicy), shop/b (NetworkPolicy), c' },
    ],
  ])('tells of %s', (_, column, fields) => {
    const printed = read(LINE.replace('to-endpoint FORWARDED', column));
    expect(printed).toMatchObject({ ...fields, summary: 'TCP Flags: SYN' });
  });

  it('keeps the parentheses of an URL', () => {
    const url = 'HTTP/1.1 200 4ms (GET http://x/(a)b)c)';
    expect(read(LINE.replace('TCP Flags: SYN', url))).toMatchObject({ summary: url });
  });

  it('may lack names, identities and a summary', () => {
    expect(read('Jul 26 18:46:58.596:  (unknown) ->  (unknown) UNKNOWN FORWARDED ()')).toMatchObject({
      source: { host: '', identity: 'unknown' },
      destination: { host: '', identity: 'unknown' },
      type: 'UNKNOWN',
      summary: '',
    });
    expect(read(LINE.replaceAll(/ \(ID:\d+\)/g, ''))).toMatchObject({ source: { identity: '' } });
  });

  it('is read out of the source of a page', () => {
    const printed = read(
      LINE.replace('->', '-&gt;').replace('TCP Flags: SYN', 'HTTP/1.1 GET http://x/?a&amp;b'),
    );
    expect(printed).toMatchObject({ isReply: false, summary: 'HTTP/1.1 GET http://x/?a&b' });
    expect(read(LINE.replace('->', '←'))).toMatchObject({ isReply: true, summary: 'TCP Flags: SYN' });
  });

  it('is cut where its verdict or the end of its summary is missing', () => {
    expect(readCompact(LINE.slice(0, -1))).toMatchObject({
      isCut: true,
      printed: { summary: 'TCP Flags: SYN' },
    });
    expect(readCompact(LINE.slice(0, -30))).toEqual({ isCut: true, printed: undefined });
  });

  it.each([
    'Forwarding from 127.0.0.1:4245 -> 4245',
    'default/a:1 -> default/b:2 to-endpoint FORWARDED (UDP)',
    'Jul  2 13:42:21.107: copying the file a -> b done',
    '[3] Jul  2 13:42:21.107: copying a.b -> c.d FORWARDED EGRESS BAD (TCP)',
  ])('is not %p', (text) => {
    expect(readCompact(text)).toBeUndefined();
  });

  it('is found in no time in a line that was made to be slow', () => {
    const worked = stopWatch();
    for (const hostile of [' ', ' (', 'x ', 'Jul ', ' -> ', ' FORWARDED', ' BY a (aPolicy),'])
      readCompact(`Jul  2 13:42:21.107: a.b -> c.d${hostile.repeat(65_536 / hostile.length)}!`);
    expect(worked()).toBeLessThan(2000);
  });
});
