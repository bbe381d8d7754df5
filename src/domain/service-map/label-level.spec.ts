import { describe, expect, it } from '@jest/globals';
import { pod, tally, world } from '../../../test/support/make-flow.js';
import { ServiceMap } from './service-map.js';

describe('a map by a label', () => {
  const labelled = (path: string, workload: string, ...labels: string[]) => pod(path, workload, { labels });
  const call = tally({
    source: labelled('shop/web-0', 'web', 'k8s:team=front', 'k8s:app=web'),
    destination: labelled('pay/api-0', 'api', 'k8s:team=money', 'cidr:10.0.0.0/8'),
  });
  const other = tally({
    source: labelled('ops/bot-0', 'bot', 'k8s:team=front'),
    destination: pod('data/db-0', 'db'),
  });

  it('has a node for each value, across namespaces, and workloads where the label is not', () => {
    const map = ServiceMap.of([call, other, tally({ destination: world })], 'label:team');
    expect(map.nodes().map(({ id, kind, name }) => [id, kind, name])).toEqual([
      ['c/data/db', 'workload', 'db'],
      ['c/shop/web', 'workload', 'web'],
      ['entity:world', 'entity', 'world'],
      ['label:team=front', 'label', 'team=front'],
      ['label:team=money', 'label', 'team=money'],
    ]);
    expect(
      map
        .edges()
        .map(({ source, target }) => [source, target].join(' '))
        .sort(),
    ).toEqual(['c/shop/web entity:world', 'label:team=front c/data/db', 'label:team=front label:team=money']);
  });

  it('takes a key with its source', () => {
    const ids = (level: `label:${string}`) => ServiceMap.of([call], level).nodeIds().sort();
    expect(ids('label:k8s:app')).toEqual(['c/pay/api', 'label:k8s:app=web']);
    expect(ids('label:any:app')).toEqual(['c/pay/api', 'label:any:app=web']);
    expect(ids('label:cidr:app')).toEqual(['c/pay/api', 'c/shop/web']);
  });
});
