import { describe, expect, it } from '@jest/globals';
import { labelKeyProblem } from './label-key.js';

describe('the key of a label', () => {
  const longest = 'a'.repeat(63);
  const prefix = `${'b.'.repeat(126)}c`;

  it.each([
    'app',
    'k8s:app',
    'app.kubernetes.io/name',
    'k8s:app.kubernetes.io/name',
    'reserved:kube-apiserver',
    'k8s:io.kubernetes.pod.namespace',
    'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name',
    `k8s:io.cilium.k8s.namespace.labels.${longest}`,
    `${prefix}/${longest}`,
    'Team_1.x-Y',
    'cidr:10.0.0.0/8',
  ])('may be %s', (key) => {
    expect(labelKeyProblem(key)).toBeUndefined();
  });

  it.each([
    ['', /is missing/],
    ['k8s:', /is missing/],
    ['k8s:example.com/', /is missing/],
    ['te\u0000am', /has "\\u0000", its character 3/],
    ['k8s:te\nam', /has "\\n", its character 7/],
    ['team name', /has " ", its character 5/],
    ['té', /has "é", its character 2/],
    ['😀', /has "😀", its character 1/],
    ['a=b', /has "=", its character 2/],
    ['a:b:c', /has ":", its character 4/],
    ['a/b/c', /one slash at most/],
    ['-app', /begins and ends with/],
    ['app.', /begins and ends with/],
    ['/app', /prefix of a label, in front of the slash/],
    ['Example.com/app', /in lower case/],
    ['example..com/app', /DNS name/],
    [`${longest}a`, /at most 63 characters, not 64/],
    [`b${prefix}/app`, /at most 253 characters, not 254/],
  ])('is not %j', (key, problem) => {
    expect(labelKeyProblem(key)).toMatch(problem);
  });
});
