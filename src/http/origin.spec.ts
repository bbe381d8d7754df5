import { describe, expect, it } from '@jest/globals';
import { refusalOf, type Allowed, type Asked } from './origin.js';

const loopback: Allowed = { origins: [], name: '127.0.0.1', isLocal: true };
const everywhere: Allowed = { origins: [], name: '0.0.0.0', isLocal: false };
const host = 'localhost:8787';
const evil = 'https://evil.example';

const asked = (headers: Asked['headers'], method = 'POST'): Asked => ({ method, headers });
const live = (headers: Asked['headers']): Asked => ({ method: 'GET', headers, isLive: true });

describe('a page of another origin', () => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('may not %s', (method) => {
    expect(refusalOf(asked({ host, origin: evil }, method), loopback)).toMatch(
      /"https:\/\/evil\.example" may neither store .* --origin \(FLOWATLAS_ORIGIN\) https:\/\/evil\.example$/,
    );
  });

  it('may not watch', () => {
    expect(refusalOf(live({ host, origin: evil }), loopback)).toMatch(/evil/);
    expect(refusalOf(live({ host, origin: evil }), everywhere)).toMatch(/evil/);
  });

  it.each([
    ['another port of the same machine', 'http://localhost:3000'],
    ['the port that goes without saying', 'http://localhost'],
    ['a name of the same beginning', 'http://localhost:8787.evil.example'],
    ['a user that is called as the server', 'http://localhost:8787@evil.example'],
    ['a file or a sandbox', 'null'],
    ['nothing', ''],
  ])('is one of %s, too', (_, origin) => {
    expect(refusalOf(asked({ host, origin }), loopback)).toBeDefined();
    expect(refusalOf(live({ host, origin }), loopback)).toBeDefined();
  });

  it('is not believed what a proxy would say', () => {
    const headers = {
      host,
      origin: evil,
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    };
    expect(refusalOf(asked(headers), loopback)).toBeDefined();
  });

  it('is known by Sec-Fetch-Site where no origin is named', () => {
    expect(refusalOf(live({ host, 'sec-fetch-site': 'cross-site' }), loopback)).toBeDefined();
    expect(refusalOf(live({ host, 'sec-fetch-site': 'same-origin' }), loopback)).toBeUndefined();
  });

  it('may ask what the browser does not let it read', () => {
    expect(refusalOf(asked({ host, origin: evil }, 'GET'), loopback)).toBeUndefined();
  });
});

describe('a page of the server itself', () => {
  it.each([
    ['localhost:8787', 'http://localhost:8787'],
    ['127.0.0.1:8787', 'http://127.0.0.1:8787'],
    ['[::1]:8787', 'http://[::1]:8787'],
    ['LocalHost:8787', 'http://localhost:8787'],
    ['127.0.0.1:80', 'http://127.0.0.1'],
    // Behind a proxy that speaks TLS and passes the Host on.
    ['10.0.0.1', 'https://10.0.0.1'],
  ])('may do everything: by %s', (name, origin) => {
    expect(refusalOf(asked({ host: name, origin }), loopback)).toBeUndefined();
    expect(refusalOf(live({ host: name, origin }), loopback)).toBeUndefined();
  });

  it('goes by any name where the server listens to others', () => {
    const headers = { host: 'flows.example.com', origin: 'https://flows.example.com' };
    expect(refusalOf(asked(headers), everywhere)).toBeUndefined();
  });
});

describe('a program', () => {
  it('names no page, and may do everything', () => {
    for (const allowed of [loopback, everywhere]) {
      expect(refusalOf(asked({ host }), allowed)).toBeUndefined();
      expect(refusalOf(live({ host }), allowed)).toBeUndefined();
      expect(refusalOf(asked({}), allowed)).toBeUndefined();
    }
  });
});

describe('a name that was made to lead to this machine', () => {
  it.each([
    'evil.example',
    'evil.example:8787',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'a@localhost',
  ])('is refused, also for reading: %s', (name) => {
    expect(refusalOf(asked({ host: name }, 'GET'), loopback)).toMatch(/is no name of this server/);
    expect(refusalOf(live({ host: name, origin: `http://${name}` }), loopback)).toBeDefined();
  });

  it.each(['localhost', 'localhost.', 'flows.localhost:1', '192.168.1.7:80', '[fe80::1]:8787', '127.1'])(
    'is none of %s',
    (name) => {
      expect(refusalOf(asked({ host: name }, 'GET'), loopback)).toBeUndefined();
    },
  );

  it('is none of the one that the server was told to listen on', () => {
    const named = { ...loopback, name: 'MyBox' };
    expect(refusalOf(asked({ host: 'mybox:8787' }, 'GET'), named)).toBeUndefined();
  });

  it('cannot be told from others where the server listens to others', () => {
    expect(refusalOf(asked({ host: 'flows.example.com' }, 'GET'), everywhere)).toBeUndefined();
  });
});

describe('an origin that is allowed', () => {
  const allowed: Allowed = { ...loopback, origins: ['https://flows.example.com'] };

  it('may do everything, also through a proxy that changes the Host', () => {
    const origin = 'https://flows.example.com';
    for (const name of ['127.0.0.1:8787', 'flows.example.com']) {
      expect(refusalOf(asked({ host: name, origin }), allowed)).toBeUndefined();
      expect(refusalOf(live({ host: name, origin }), allowed)).toBeUndefined();
    }
  });

  it('is that one alone', () => {
    for (const origin of [
      'http://flows.example.com',
      'https://flows.example.com:8443',
      'https://example.com',
    ])
      expect(refusalOf(asked({ host, origin }), allowed)).toBeDefined();
  });
});
