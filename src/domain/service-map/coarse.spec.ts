import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { flow, namedFlows, pod, tally, toTally, world } from '../../../test/support/make-flow.js';
import { ReadHttp } from '../flow/http-message.js';
import { identify, shownAs, withoutGeneratedSuffix } from '../flow/node-identity.js';
import {
  coarseEndpoint,
  coarseKind,
  endText,
  kindText,
  L7Kinds,
  readEndText,
  readKindText,
} from './coarse.js';
import { ServiceMap } from './service-map.js';
import type { Tally } from './tally.js';

function coarse(of: Tally): Tally {
  const { source, destination } = of;
  return {
    ...of,
    ...coarseKind(of),
    source: coarseEndpoint(source),
    destination: coarseEndpoint(destination),
  };
}

/** Neither of its pods belongs to another workload than its name foretells. */
function isForetold({ source, destination }: Tally): boolean {
  return [source, destination].map(shownAs).every(({ pod, workloads: [workload] }) => {
    const foretold = withoutGeneratedSuffix(pod);
    return workload === undefined || foretold === pod || workload.name === foretold;
  });
}

/** Without labels, which coarse flows do not have. */
function told(tallies: readonly Tally[], level: 'cluster' | 'namespace' | 'workload') {
  const map = ServiceMap.of(tallies, level);
  const nodes = map.nodes().map(({ labels: _, ...node }) => node);
  return { nodes, edges: map.edges() };
}

describe('coarse flows', () => {
  it('make the same map as the flows themselves', () => {
    fc.assert(
      fc.property(flowTexts(12), fc.constantFrom('cluster', 'namespace', 'workload'), (texts, level) => {
        const tallies = namedFlows(texts)
          .map(({ flow }, i) => toTally(flow, i + 1))
          .filter(isForetold);
        expect(told(tallies.map(coarse), level)).toEqual(told(tallies, level));
      }),
      { numRuns: 500 },
    );
  });

  it('are read again as they were written', () => {
    fc.assert(
      fc.property(flowTexts(12), (texts) => {
        for (const { flow: written } of namedFlows(texts)) {
          const kind = coarseKind(written);
          expect(readKindText(JSON.parse(kindText(kind)))).toEqual(kind);
          const end = coarseEndpoint(written.source);
          expect(endText(coarseEndpoint(readEndText(JSON.parse(endText(end)))))).toBe(endText(end));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are the same for the pods of one workload, whatever flags and paths they have', () => {
    const http = (url: string) => ({ l7: { type: 'REQUEST', http: { method: 'GET', url } } });
    const one = tally({ source: pod('shop/web-6c9f7b8d4-x2z4k', 'web'), ...http('http://a/1?x=1') });
    const other = tally({
      source: pod('shop/web-6c9f7b8d4-bcdfg', 'web', { identity: 7 }),
      IP: { source: '10.0.9.9', destination: '10.0.2.7' },
      l4: { TCP: { source_port: 9, destination_port: 80, flags: { ACK: true } } },
      ...http('http://b/2'),
    });
    // Flags are counted beside what was told.
    expect(coarse(other)).toEqual({ ...coarse(one), syns: 0 });
  });

  it('keep a pod only where its name foretells no workload', () => {
    const ends = (name: string, workload?: string) => {
      const { pod: kept, workloads } = coarseEndpoint(flow({ source: pod(`shop/${name}`, workload) }).source);
      return [kept, workloads[0]?.name];
    };
    expect(ends('web-0', 'web')).toEqual(['', 'web']);
    expect(ends('web-0')).toEqual(['', 'web']);
    expect(ends('web-0', 'storefront')).toEqual(['', 'storefront']);
    expect(ends('web')).toEqual(['web', undefined]);
    expect(ends('web', 'web')).toEqual(['', 'web']);
    expect(ends('web', 'storefront')).toEqual(['web', 'storefront']);
  });

  it('keep what makes an end the node that it is', () => {
    const nodes = [
      { identity: 9, labels: ['reserved:world', 'reserved:world-ipv4'] },
      { labels: ['reserved:world-ipv6'] },
      { labels: ['cidr:10.0.0.0/8', 'cidr:fd00--/8', 'reserved:world'] },
      { namespace: 'shop', labels: ['k8s:app=web', 'k8s:io.cilium.k8s.policy.cluster=eu'] },
      { labels: ['k8s:io.kubernetes.pod.namespace=shop'] },
      { pod_name: 'web-6c9f7b8d4-x2z4k' },
      { pod_name: 'web' },
    ];
    for (const source of nodes) {
      const end = flow({ source }).source;
      const idOf = (of: typeof end) => identify(of, 'workload', () => undefined);
      expect(idOf(coarseEndpoint(end))).toEqual(idOf(end));
    }
  });

  it('keep an address only where nothing else names the end', () => {
    const ends = (source: object) => coarseEndpoint(flow({ source }).source).ip;
    expect(ends({})).toBe('10.0.1.5');
    expect(ends(world)).toBe('');
    expect(ends(pod('shop/web-0'))).toBe('');
  });

  it('are written without what is empty', () => {
    const { source } = flow({ source: pod('shop/web-0', 'web', { labels: ['k8s:app=web'] }) });
    expect(JSON.parse(endText(coarseEndpoint(source)))).toEqual({
      cluster: 'c',
      namespace: 'shop',
      workload: 'web',
    });
  });
});

describe('kinds of messages', () => {
  it('are told apart, whatever their types and methods say', () => {
    const kinds = new L7Kinds();
    const message = (type: string, method: string) =>
      kinds.of({
        type,
        kind: 'http',
        http: new ReadHttp(method, '/', '', 1),
        dns: undefined,
      });
    const [one, other] = [message('A', 'http 1 undefined B'), message('A http 1 undefined', 'B')];
    expect([one.type, one.http?.method]).toEqual(['A', 'http 1 undefined B']);
    expect([other.type, other.http?.method]).toEqual(['A http 1 undefined', 'B']);
    expect(message('A', 'http 1 undefined B')).toBe(one);
  });
});
