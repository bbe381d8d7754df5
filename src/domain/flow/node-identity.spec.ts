import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flow } from '../../../test/support/make-flow.js';
import { identify, namespaceOf, withoutGeneratedSuffix, type Level } from './node-identity.js';

interface Told {
  raw?: Record<string, unknown>;
  ip?: string;
  names?: string[];
  service?: { name: string; namespace: string };
}

function endpoint({ raw = {}, ip = '', names, service }: Told) {
  return flow({ source: raw, IP: { source: ip }, source_names: names, source_service: service }).source;
}

function node(told: Told, level: Level = 'workload', known: Record<string, string> = {}) {
  return identify(endpoint(told), level, (pod) => known[pod]);
}

const web = { cluster_name: 'c', namespace: 'shop', pod_name: 'web-6c9f7b8d4-x2z4k' };

describe('a pod on the map', () => {
  it('is its workload, named by cluster, namespace and name without the kind', () => {
    const raw = { ...web, workloads: [{ name: 'frontend', kind: 'Deployment' }] };
    expect(node({ raw })).toEqual({
      id: 'c/shop/frontend',
      kind: 'workload',
      name: 'frontend',
      namespace: 'shop',
      cluster: 'c',
    });
    expect(node({ raw: { ...web, workloads: [{ name: 'frontend', kind: 'Rollout' }] } }).id).toBe(
      'c/shop/frontend',
    );
  });

  it('is the workload that another record gave for it, before its own name is asked', () => {
    const known = { 'c/shop/web-6c9f7b8d4-x2z4k': 'frontend' };
    expect(node({ raw: web }, 'workload', known).id).toBe('c/shop/frontend');
    const own = { ...web, workloads: [{ name: 'own', kind: 'Deployment' }] };
    expect(node({ raw: own }, 'workload', known).id).toBe('c/shop/own');
  });

  it('is its name without the generated suffix where nobody named a workload', () => {
    expect(node({ raw: web }).id).toBe('c/shop/web');
  });

  it('is named by its labels only when a mask took its name away', () => {
    const labels = ['k8s:app=three', 'k8s:k8s-app=two', 'k8s:app.kubernetes.io/name=one'];
    const masked = { cluster_name: 'c', namespace: 'shop' };
    expect(node({ raw: { ...web, labels } }).name).toBe('web');
    expect(node({ raw: { ...masked, labels } }).id).toBe('c/shop/one');
    expect(node({ raw: { ...masked, labels: labels.slice(0, 2) } }).id).toBe('c/shop/two');
    expect(node({ raw: { ...masked, labels: labels.slice(0, 1) } }).id).toBe('c/shop/three');
  });

  it('is its namespace when a mask left nothing finer', () => {
    expect(node({ raw: { cluster_name: 'c', namespace: 'shop' } })).toMatchObject({
      id: 'c/shop',
      kind: 'namespace',
    });
  });

  it('belongs to the cluster of its labels where the record does not name it, else to `default`', () => {
    const labels = ['k8s:io.cilium.k8s.policy.cluster=west', 'k8s:io.kubernetes.pod.namespace=pay'];
    expect(node({ raw: { pod_name: 'api-0', labels } }).id).toBe('west/pay/api');
    expect(node({ raw: { namespace: 'pay', pod_name: 'api-0' } }).id).toBe('default/pay/api');
    expect(namespaceOf(endpoint({ raw: { labels } }))).toBe('pay');
  });

  it('is a pod, a namespace or a cluster at the other levels', () => {
    expect(node({ raw: web }, 'pod')).toMatchObject({ id: 'c/shop/web-6c9f7b8d4-x2z4k', kind: 'pod' });
    expect(node({ raw: web }, 'namespace')).toMatchObject({ id: 'c/shop', kind: 'namespace' });
    expect(node({ raw: web }, 'cluster')).toMatchObject({ id: 'c', kind: 'cluster' });
  });

  it('stays a pod although DNS names and reserved labels are told of its address, too', () => {
    expect(node({ raw: { ...web, identity: 2, labels: ['reserved:world'] }, names: ['x.example'] }).id).toBe(
      'c/shop/web',
    );
  });
});

describe('the suffix of a generated pod name', () => {
  it.each([
    ['web-6c9f7b8d4-x2z4k', 'web'],
    ['coredns-7889d86cb8-86x4t', 'coredns'],
    ['web-7889d86c-86x4t', 'web'],
    ['web-7889d86-86x4t', 'web-7889d86'],
    ['cilium-x2z4k', 'cilium'],
    ['ci-angular2-f8lfw', 'ci-angular2'],
    ['api-0', 'api'],
    ['kafka-broker-12', 'kafka-broker'],
    ['backup-28392246-x7zqk', 'backup'],
    ['backup-29310310-x7zqk', 'backup'],
    ['web-6c9', 'web-6c9'],
    ['web-aeiou', 'web-aeiou'],
    ['redis', 'redis'],
    ['-x2z4k', '-x2z4k'],
    ['0', '0'],
  ])('of %s leaves %s', (pod, name) => {
    expect(withoutGeneratedSuffix(pod)).toBe(name);
  });

  it('is never more than the name, and what is left begins it', () => {
    const names = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
    fc.assert(
      fc.property(names, (pod) => {
        const name = withoutGeneratedSuffix(pod);
        expect(name).not.toBe('');
        expect(pod.startsWith(name)).toBe(true);
      }),
    );
  });
});

describe('an end that is no pod', () => {
  const everything: Told = {
    raw: {
      identity: 2,
      labels: ['fqdn:*.label.example', 'cidr:203.0.0.0/8', 'cidr:203.0.113.0/24', 'reserved:world'],
    },
    ip: '203.0.113.9',
    names: ['API.Example.com.', 'other.example'],
    service: { name: 'api', namespace: 'pay' },
  };

  it('is the first DNS name that Hubble knew, in lower case and without the last dot', () => {
    expect(node(everything)).toMatchObject({
      id: 'fqdn:api.example.com',
      kind: 'fqdn',
      name: 'api.example.com',
    });
  });

  it('else is the name of its fqdn label', () => {
    expect(node({ ...everything, names: [] })).toMatchObject({ id: 'fqdn:*.label.example', kind: 'fqdn' });
  });

  it('else is the most specific range of its cidr labels', () => {
    const labels = ['cidr:203.0.0.0/8', 'cidr:203.0.113.0/24', 'cidr:0.0.0.0/0', 'reserved:world'];
    expect(node({ ...everything, names: [], raw: { identity: 16_777_217, labels } })).toMatchObject({
      id: 'cidr:203.0.113.0/24',
      kind: 'cidr',
    });
    const ipv6 = ['cidr:2001-db8--0/32', 'reserved:world'];
    expect(node({ raw: { labels: ipv6 } }).id).toBe('cidr:2001:db8::0/32');
  });

  it('else is a reserved entity, by its number or by its label', () => {
    const entities = [
      [{ identity: 1 }, 'host'],
      [{ identity: 2, labels: ['cidr:0.0.0.0/0'] }, 'world'],
      [{ identity: 6 }, 'remote-node'],
      [{ identity: 7 }, 'kube-apiserver'],
      [{ identity: 8 }, 'ingress'],
      [{ identity: 4 }, 'health'],
      [{ identity: 9 }, 'world'],
      [{ labels: ['reserved:world-ipv4'] }, 'world'],
      [{ labels: ['reserved:kube-apiserver', 'reserved:host'] }, 'host'],
    ] as const;
    for (const [raw, entity] of entities) {
      const told = { raw, ip: '10.0.0.1', service: { name: 'kubernetes', namespace: 'default' } };
      expect(node(told)).toMatchObject({ id: `entity:${entity}`, kind: 'entity' });
    }
  });

  it('else is its service, its address, or unknown', () => {
    const service = { name: 'api', namespace: 'pay' };
    expect(node({ ip: '10.1.1.1', service })).toMatchObject({
      id: 'service:default/pay/api',
      kind: 'service',
    });
    expect(node({ ip: '10.1.1.1' })).toMatchObject({ id: 'ip:10.1.1.1', kind: 'ip' });
    expect(node({})).toMatchObject({ id: 'unknown', kind: 'unknown' });
  });

  it('is never its numeric identity: that of a range or a name differs from node to node', () => {
    const on = (identity: number) =>
      node({ raw: { identity, labels: ['cidr:1.2.3.4/32', 'reserved:world'] }, ip: '1.2.3.4' });
    expect(on(16_777_217)).toEqual(on(16_777_300));
    expect(node({ raw: { identity: 16_777_217 }, ip: '1.2.3.4' }).id).toBe('ip:1.2.3.4');
  });
});
