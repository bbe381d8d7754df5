import { describe, expect, it } from '@jest/globals';
import { readEndpoint } from './endpoint.js';

const read = (host: string, identity = '') => readEndpoint({ host, identity });

describe('a printed end', () => {
  it.each([
    ['default/xwing:41234', { namespace: 'default', pod: 'xwing', port: 41_234 }],
    ['default/xwing', { namespace: 'default', pod: 'xwing', port: 0 }],
    ['10.0.1.5:80', { ip: '10.0.1.5', port: 80 }],
    ['10.0.1.5', { ip: '10.0.1.5', port: 0 }],
    ['[fd00::1]:443', { ip: 'fd00::1', port: 443 }],
    ['fd00::1', { ip: 'fd00::1', port: 0 }],
    ['[fd00::1]', { ip: 'fd00::1', port: 0 }],
    ['github.com:443', { names: ['github.com'], port: 443 }],
    ['a.example.com,b.example.com:443', { names: ['a.example.com', 'b.example.com'], port: 443 }],
    ['0e:00:00:00:00:01', { mac: '0e:00:00:00:00:01', port: 0 }],
    ['default/xwing:80(http)', { pod: 'xwing', port: 80 }],
    ['10.0.1.5:domain(53)', { ip: '10.0.1.5', port: 53 }],
    [':8080', { ip: '', pod: '', names: [], port: 8080 }],
    ['', { ip: '', pod: '', names: [] }],
  ])('%s is read', (host, fields) => {
    expect(read(host)).toMatchObject(fields);
  });

  it.each([
    ['ID:1234', { identity: 1234, label: '' }],
    ['world', { identity: 2, label: 'reserved:world' }],
    ['remote-node', { identity: 6, label: 'reserved:remote-node' }],
    ['world-ipv6', { identity: 10, label: 'reserved:world-ipv6' }],
    ['of-tomorrow', { identity: 0, label: 'reserved:of-tomorrow' }],
    ['unknown', { identity: 0, label: '' }],
    ['', { identity: undefined, label: '' }],
  ])('has the identity (%s)', (identity, fields) => {
    expect(read('10.0.1.5', identity)).toMatchObject(fields);
  });

  it.each(['request', 'kernel:', 'default/', 'a/b/c', 'app.service:', ':', ':0', '10.0.1.5:99999'])(
    'is not %s',
    (host) => {
      expect(read(host)).toBeUndefined();
    },
  );

  it('may be a single word where its port or its identity shows that it is a host', () => {
    expect(read('localhost:80')).toMatchObject({ names: ['localhost'], port: 80 });
    expect(read('localhost', 'host')).toMatchObject({ names: ['localhost'], identity: 1 });
  });

  it('is a pod without its namespace where a word has the identity of one', () => {
    expect(read('xwing-7d8f:80', 'ID:1234')).toMatchObject({ namespace: '', pod: 'xwing-7d8f', names: [] });
    expect(read('x.example.com:80', 'ID:1234')).toMatchObject({ pod: '', names: ['x.example.com'] });
    expect(read('intranet:80', 'ID:16777218')).toMatchObject({ pod: '', names: ['intranet'] });
    expect(read('intranet:80', 'world')).toMatchObject({ pod: '', names: ['intranet'] });
  });
});
