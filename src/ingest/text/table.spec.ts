import { describe, expect, it } from '@jest/globals';
import { readHeading, readRow } from './table.js';

const HEADING =
  'TIMESTAMP             SOURCE              DESTINATION            TYPE          VERDICT     SUMMARY';
const ROW =
  'Dec  4 07:52:08.642   192.168.64.5:8443   kube-system/dns:4939   to-endpoint   FORWARDED   TCP Flags: ACK';
const EMPTY = 'Dec  4 07:52:08.642                                              UNKNOWN       FORWARDED   ';

describe('a row of a table', () => {
  const printed = {
    format: 'tab',
    time: 'Dec  4 07:52:08.642',
    node: '',
    source: { host: '192.168.64.5:8443', identity: '' },
    destination: { host: 'kube-system/dns:4939', identity: '' },
    isReply: undefined,
    type: 'to-endpoint',
    verdict: 'FORWARDED',
    policies: '',
    direction: '',
    dropReason: '',
    summary: 'TCP Flags: ACK',
  };

  it('is cut by the columns of its heading', () => {
    expect(readRow(ROW, readHeading(HEADING))).toEqual({ ...printed, text: ROW });
    expect(readRow(`  ${ROW}`, readHeading(`  ${HEADING}`))).toMatchObject(printed);
  });

  it('may have empty cells', () => {
    expect(readRow(EMPTY, readHeading(HEADING))).toMatchObject({
      source: { host: '' },
      destination: { host: '' },
      type: 'UNKNOWN',
      verdict: 'FORWARDED',
      summary: '',
    });
  });

  it('is read without its heading, and with its blanks lost', () => {
    expect(readRow(ROW, undefined)).toMatchObject(printed);
    expect(readRow(ROW.replaceAll(/ {3,}/g, ' '), readHeading(HEADING))).toMatchObject(printed);
    expect(readRow(ROW.replaceAll(/ {3,}/g, '\t'), undefined)).toMatchObject(printed);
  });

  it('is read in Markdown', () => {
    const cells = (text: string) => `| ${text.split(/ {3,}/).join(' | ')} |`;
    expect(readRow(cells(ROW), readHeading(cells(HEADING)))).toMatchObject(printed);
  });

  it('has the node where the heading has it', () => {
    const heading = readHeading(HEADING.replace('SOURCE', 'NODE        SOURCE'));
    const row = ROW.replace('192', 'prod/n1     192');
    expect(readRow(row, heading)).toMatchObject({ ...printed, node: 'prod/n1' });
    expect(readRow(row.replaceAll(/ {3,}/g, '  '), heading)).toMatchObject({ ...printed, node: 'prod/n1' });
  });

  it('tells of drops and of policies', () => {
    const row = (type: string, verdict: string) =>
      `Dec  4 07:52:08.642   a/b:1   c/d:2   ${type}   ${verdict}   UDP`;
    expect(readRow(row('Policy denied by denylist', 'DROPPED'), undefined)).toMatchObject({
      type: 'Policy denied by denylist',
    });
    const heading = readHeading(
      'TIMESTAMP             SOURCE  DESTINATION  TYPE                           VERDICT                              SUMMARY',
    );
    const named =
      'Dec  4 07:52:08.642   a/b:1   c/d:2        policy-verdict:L3-L4 INGRESS   ALLOWED BY x (CiliumNetworkPolicy)   UDP';
    expect(readRow(named, heading)).toMatchObject({
      verdict: 'ALLOWED',
      policies: 'x (CiliumNetworkPolicy)',
      summary: 'UDP',
    });
  });

  it.each([
    'Dec  4 07:52:08.642 host.example.com kernel.core connection lost ERROR x',
    'Dec  4 07:52:08 myhost sshd[12]: FORWARDED port 22',
    'TIMESTAMP and SOURCE are words',
  ])('is not %p', (text) => {
    expect(readRow(text, undefined)).toBeUndefined();
    expect(readHeading(text)).toBeUndefined();
  });
});
