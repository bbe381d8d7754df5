import { describe, expect, it } from '@jest/globals';
import {
  agentRecord as agent,
  debugRecord as debug,
  HEAD,
  lostRecord as lost,
  print,
  recordOf,
  style,
  type Fields,
} from '../../test/support/print.js';
import { record } from '../../test/support/make-flow.js';
import { CompactPrinter } from './compact.js';
import { DictPrinter } from './dict.js';
import { MemoryShelf } from './memory-shelf.js';
import { TablePrinter } from './table.js';

const lostBetween = {
  ...lost,
  lost_events: { ...lost.lost_events, first: '2026-06-01T09:00:00Z', last: '2026-06-01T10:00:00Z' },
};
const flow = record({ Summary: 'TCP Flags: SYN' });

describe('lost events', () => {
  it('are a line, a row or a block among flows', async () => {
    expect(await print(new CompactPrinter(style()), [lost, lostBetween])).toBe(
      `${HEAD} EVENTS LOST: HUBBLE_RING_BUFFER CPU(3) 18446744073709551615\n` +
        `${HEAD} EVENTS LOST: HUBBLE_RING_BUFFER CPU(3) 18446744073709551615 (first: Jun  1 09:00:00.000, last: ${HEAD})\n`,
    );
    expect(await print(new DictPrinter(style({ nodeName: true })), [lost])).toBe(
      [
        `  TIMESTAMP: ${HEAD}`,
        '       NODE: c/n1',
        '     SOURCE: HUBBLE_RING_BUFFER',
        '       TYPE: EVENTS LOST',
        '    VERDICT: -',
        '    SUMMARY: CPU(3) - 18446744073709551615\n',
      ].join('\n'),
    );
    expect(await print(new TablePrinter(style({ nodeName: true }), new MemoryShelf()), [flow, lost])).toBe(
      [
        'TIMESTAMP             NODE   SOURCE               DESTINATION    TYPE          VERDICT     SUMMARY',
        `${HEAD}   c/n1   shop/web-0:41822     pay/api-0:80   to-endpoint   FORWARDED   TCP Flags: SYN`,
        `${HEAD}   c/n1   HUBBLE_RING_BUFFER   -              EVENTS LOST   -           CPU(3) - 18446744073709551615\n`,
      ].join('\n'),
    );
  });

  it('are printed when they come bare, as old versions wrote them', async () => {
    const bare = { num_events_lost: '12' };
    expect(await print(new CompactPrinter(style()), [bare])).toBe(
      'N/A EVENTS LOST: UNKNOWN_LOST_EVENT_SOURCE CPU(0) 12\n',
    );
    expect(await print(new DictPrinter(style({ nodeName: true })), [bare])).toContain('       NODE: -\n');
  });
});

describe('agent events', () => {
  const details = (event: Fields) =>
    new CompactPrinter(style()).print(recordOf({ agent_event: event })).slice('N/A: '.length, -1);

  it('are told by type', () => {
    expect(details(agent.agent_event)).toBe('POLICY_UPDATED (labels: [a,b], revision: 7, count: 2)');
    expect(details({ type: 'POLICY_DELETED', policy_update: {} })).toBe(
      'POLICY_DELETED (labels: [], revision: 0, count: 0)',
    );
    expect(details({ type: 'AGENT_STARTED', agent_start: { time: '2026-06-01T10:00:00Z' } })).toBe(
      `AGENT_STARTED (start time: ${HEAD})`,
    );
    expect(
      details({
        type: 'ENDPOINT_REGENERATE_FAILURE',
        endpoint_regenerate: { id: '9', labels: ['x'], error: 'no' },
      }),
    ).toBe('ENDPOINT_REGENERATE_FAILURE (id: 9, labels: [x], error: no)');
    expect(
      details({ type: 'ENDPOINT_CREATED', endpoint_update: { id: '9', namespace: 'n', pod_name: 'p' } }),
    ).toBe('ENDPOINT_CREATED (id: 9, namespace: n, pod name: p)');
    expect(
      details({
        type: 'IPCACHE_UPSERTED',
        ipcache_update: {
          cidr: '10.0.0.1/32',
          identity: 3,
          old_identity: 0,
          host_ip: '1.1.1.1',
          encrypt_key: 1,
        },
      }),
    ).toBe(
      'IPCACHE_UPSERTED (cidr: 10.0.0.1/32, identity: 3, old identity: 0, host ip: 1.1.1.1, encrypt key: 1)',
    );
    expect(
      details({
        type: 'SERVICE_UPSERTED',
        service_upsert: {
          id: 5,
          frontend_address: { ip: 'fd00::1', port: 80 },
          backend_addresses: [{ ip: '10.0.0.1', port: 8080 }, { ip: '10.0.0.2' }],
          type: 'ClusterIP',
          name: 'web',
        },
      }),
    ).toBe(
      'SERVICE_UPSERTED (id: 5, frontend: [fd00::1]:80, backends: [10.0.0.1:8080,10.0.0.2:0], type: ClusterIP, name: web)',
    );
    expect(details({ type: 'SERVICE_DELETED', service_delete: { id: 5 } })).toBe('SERVICE_DELETED (id: 5)');
    expect(details({ unknown: { type: '77', notification: '{}' } })).toBe(
      'AGENT_EVENT_UNKNOWN (type: 77, notification: {})',
    );
  });

  it('are UNKNOWN in detail where that is missing or new', () => {
    expect(details({ type: 'POLICY_UPDATED' })).toBe('POLICY_UPDATED (UNKNOWN)');
    expect(details({ type: 3, policyUpdate: { ruleCount: '4' } })).toBe(
      'POLICY_UPDATED (labels: [], revision: 0, count: 4)',
    );
    expect(details({ type: 'NEW_EVENT', new_event: {} })).toBe('NEW_EVENT (UNKNOWN)');
  });
});

describe('debug events', () => {
  const line = (event: Fields) =>
    new CompactPrinter(style()).print(recordOf({ debug_event: event })).slice('N/A: '.length, -1);

  it('are told with where they come from', () => {
    expect(line(debug.debug_event)).toBe(
      'shop/web-0 (ID: 12) DBG_CT_VERDICT MARK: 0xff CPU: 01 (CT verdict: New)',
    );
    expect(line({ type: 'DBG_GENERIC', source: { ID: 1, labels: ['reserved:host'] }, cpu: 12 })).toBe(
      'reserved:host (ID: 1) DBG_GENERIC MARK: N/A CPU: 12 ()',
    );
    expect(line({ source: { ID: 1, labels: ['reserved:host', 'k8s:x'] } })).toBe(
      'ID: 1 DBG_EVENT_UNKNOWN MARK: N/A CPU: N/A ()',
    );
    expect(line({ type: 40 })).toBe('N/A 40 MARK: N/A CPU: N/A ()');
  });
});
