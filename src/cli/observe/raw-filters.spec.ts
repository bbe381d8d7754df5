import { describe, expect, it } from '@jest/globals';
import { words } from '../../../test/support/make-flow.js';
import { rawFiltersInYaml } from './raw-filters.js';

describe('raw filters', () => {
  it('are printed as the YAML that Hubble reads', () => {
    expect(
      rawFiltersInYaml(
        words({ 'from-pod': 'shop/web', verdict: ['DROPPED', 'AUDIT'], 'not-http-path': "it's" }),
      ),
    ).toBe(
      `allowlist:\n    - '{"source_pod":["shop/web"],"verdict":["DROPPED","AUDIT"]}'\n` +
        `denylist:\n    - '{"http_path":["it''s"]}'\n`,
    );
    expect(rawFiltersInYaml(words({ port: '80' }))).toBe(
      `allowlist:\n    - '{"source_port":["80"]}'\n    - '{"destination_port":["80"]}'\n`,
    );
    expect(rawFiltersInYaml(new Map())).toBe('{}\n');
  });

  it('are refused where there is an expression, which Hubble does not know', () => {
    expect(() => rawFiltersInYaml(words({ q: 'port = 80', verdict: 'DROPPED' }))).toThrow(
      '--query cannot be told in the filters of Hubble',
    );
  });
});
