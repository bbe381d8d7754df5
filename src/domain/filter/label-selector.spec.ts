import { describe, expect, it } from '@jest/globals';
import { parseLabelSelector } from './label-selector.js';

const labels = [
  'k8s:app=web',
  'k8s:app.kubernetes.io/name=shop-web',
  'reserved:host',
  'k8s:empty=',
  'k8s:v=a=b',
  'k8s:rank=7',
];

describe('a label selector', () => {
  it.each([
    ['app=web', true],
    ['app==web', true],
    ['app = web', true],
    ['app=api', false],
    ['app!=api', true],
    ['app!=web', false],
    ['missing!=x', true],
    ['app', true],
    ['missing', false],
    ['!missing', true],
    ['!app', false],
    ['app in (web,api)', true],
    ['app in ( api , web )', true],
    ['app in (api)', false],
    ['app notin (web)', false],
    ['missing notin (web)', true],
    ['app=web,!missing', true],
    ['app=web,missing', false],
    ['app in (web,api),v!=x', true],
    ['empty=', true],
    ['empty', true],
    ['k8s:app=web', true],
    ['any:app=web', true],
    ['reserved:app=web', false],
    ['reserved:host', true],
    ['host', true],
    ['host=', true],
    ['k8s:host', false],
    ['app.kubernetes.io/name=shop-web', true],
    ['k8s:app.kubernetes.io/name in (shop-web)', true],
    ['rank>6', true],
    ['rank > 7', false],
    ['k8s:rank<8,app=web', true],
    ['rank < 7', false],
    ['app>1', false],
    ['missing<1', false],
    ['App=web', false],
    ['app=Web', false],
  ])('%s: %j', (selector, answer) => {
    expect(parseLabelSelector(selector)(labels)).toBe(answer);
  });

  it('of an end without labels holds only where it asks for absence', () => {
    expect(parseLabelSelector('!app')([])).toBe(true);
    expect(parseLabelSelector('app!=web')([])).toBe(true);
    expect(parseLabelSelector('app')([])).toBe(false);
  });

  it.each([
    '',
    ',',
    'a=b,',
    'a in',
    'a in ()x',
    '!a=b',
    '! a in (b)',
    'a in (b',
    'a b',
    '(a)',
    'ä=b',
    'a>b',
    'a>1>2',
    '!a>1',
    'a>',
    'a>-1',
  ])('is refused when it cannot be read: %j', (text) => {
    expect(() => parseLabelSelector(text)).toThrow(/cannot read/);
  });

  it.each([
    'a.',
    'a/b/c',
    'a/',
    'A/b',
    'ANY:app.kubernetes.io/name',
    'K8S:IO/NAME=x',
    'k8s:',
    `k8s:${'a'.repeat(60)}`,
    `${'a'.repeat(250)}/b`,
    'a=b/c',
    'a=-b',
    'a=b.',
    'a in (b,c_)',
    `a!=${'b'.repeat(64)}`,
  ])('is refused where Kubernetes knows no such label: %j', (text) => {
    expect(() => parseLabelSelector(text)).toThrow(/is no (key|value) of a label/);
  });

  it.each([
    'K8S:APP',
    'cidr:10.0.0.0/8',
    'k8s:a_b-c.d',
    `a.b/${'c'.repeat(63)}`,
    `a=${'b'.repeat(63)}`,
    '!1/2',
  ])('may ask for any label that Kubernetes knows: %j', (text) => {
    expect(() => parseLabelSelector(text)).not.toThrow();
  });
});
