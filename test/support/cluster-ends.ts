import { Digits } from './json-text.js';
import { pod, world } from './make-flow.js';

type Fields = Record<string, unknown>;

export interface End {
  raw: Fields;
  ip: string;
  names?: string[];
  service?: Fields;
}

/** The few ends that flows of a small cluster have: few, so that flows meet. */
export const ends: readonly End[] = [
  {
    ip: '10.0.1.5',
    raw: pod('shop/web-6c9f7b8d4-x2z4k', 'web', { labels: ['k8s:app=web', 'k8s:tier=front'] }),
  },
  { ip: '10.0.1.5', raw: pod('shop/web-6c9f7b8d4-x2z4k', undefined, { labels: ['k8s:app=web'] }) },
  { ip: '10.0.1.6', raw: pod('shop/cart-0', 'cart', { ID: 12 }) },
  {
    ip: '10.0.2.7',
    raw: pod('pay/api-7d9c5b6f48-bcdfg', undefined, { labels: ['k8s:app=api', 'k8s:große=ja'] }),
  },
  { ip: '10.0.2.7', raw: pod('pay/api-7d9c5b6f48-bcdfg', 'backend', { labels: ['k8s:app=api'] }) },
  { ip: '10.0.2.8', raw: { identity: 77, namespace: 'pay', labels: ['k8s:app=db', 'k8s:v=a=b'] } },
  { ip: 'fd00::7', raw: pod('kube-system/coredns-7889d86cb8-86x4t', 'coredns') },
  { ip: '203.0.113.9', raw: world, names: ['api.example.com'] },
  { ip: '203.0.113.9', raw: { identity: 16_777_217, labels: ['cidr:203.0.113.0/24', 'reserved:world'] } },
  { ip: '10.0.0.1', raw: { identity: 1, labels: ['reserved:host', 'reserved:kube-apiserver'] } },
  { ip: '', raw: {} },
  // Left unknown: names and pods may be learned for them.
  { ip: '10.0.1.5', raw: {} },
  { ip: '10.0.2.7', raw: { labels: ['reserved:unknown'] } },
  { ip: '10.96.0.10', raw: {}, service: { name: 'api', namespace: 'pay' } },
  { ip: '10.96.0.10', raw: {} },
  { ip: '203.0.113.9', raw: world },
  {
    ip: '10.9.9.9',
    raw: { future_id: new Digits('18446744073709551615'), namespace: 'shop', pod_name: 'grüße-🙂' },
  },
];
