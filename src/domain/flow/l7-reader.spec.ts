import { describe, expect, it } from '@jest/globals';
import { readMessageId } from './l7-reader.js';

const http = (...headers: unknown[]) => ({ http: { headers } });
const header = (key: string, value: unknown) => ({ key, value });

describe('the id of a message', () => {
  it.each([
    ['X-Request-Id of HTTP', http(header('Accept', '*/*'), header('X-Request-Id', 'a')), 'a'],
    ['the same in small letters', http(header('x-request-id', 'a')), 'a'],
    ['the correlation id of Kafka', { kafka: { correlation_id: 7 } }, '7'],
    ['the same as text, as HTTP gateways write it', { kafka: { correlationId: '7' } }, '7'],
    ['the first of Kafka, which JSON leaves out', { kafka: {} }, '0'],
  ])('is %s', (_, l7, id) => {
    expect(readMessageId(l7)).toBe(id);
  });

  it.each([
    ['no message', undefined],
    ['DNS', { dns: { query: 'a.' } }],
    ['no headers', { http: { headers: null } }],
    ['odd headers', http(null, 'X-Request-Id', header('X-Request-Id', {}))],
    ['what Hubble redacted', http(header('X-Request-Id', 'HUBBLE_REDACTED'))],
    ['what we redacted', http(header('X-Request-Id', 'FLOWATLAS_REDACTED'))],
    ['what is too long for an id', http(header('X-Request-Id', 'x'.repeat(201)))],
  ])('is none of %s', (_, l7) => {
    expect(readMessageId(l7)).toBe('');
  });
});
