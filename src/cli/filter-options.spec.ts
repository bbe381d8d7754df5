import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { filterOptions, filterWords } from './filter-options.js';

function read(...args: string[]): Record<string, readonly string[]> {
  const command = filterOptions(
    new Command('test').exitOverride().configureOutput({ writeErr: () => undefined }),
  )
    .option('--since <time>')
    .option('-o, --output <format>')
    .action(() => undefined);
  command.parse(args, { from: 'user' });
  return Object.fromEntries(filterWords(command.opts()));
}

describe('filters on the command line', () => {
  it('are read by their long and short flags, as often as they come', () => {
    expect(
      read('--namespace', 'a', '-n', 'b', '-nc', '--from-pod=x/y', '-t', 'drop', '-l', 'app=web'),
    ).toEqual({
      namespace: ['a', 'b', 'c'],
      'from-pod': ['x/y'],
      type: ['drop'],
      label: ['app=web'],
    });
    expect(read()).toEqual({});
  });

  it('are turned by --not, each by its own', () => {
    expect(read('--not', '--pod', 'a/b', '--pod', 'c/d', '--not', '-n', 'x', '--not', '-n', 'y')).toEqual({
      'not-pod': ['a/b'],
      pod: ['c/d'],
      'not-namespace': ['x', 'y'],
    });
    expect(read('--not-pod', 'a/b', '--not', '--pod', 'c/d')).toEqual({ 'not-pod': ['a/b', 'c/d'] });
  });

  it('are turned also when something else stands between', () => {
    expect(read('--not', '--since', '1h', '-o', 'json', '--verdict', 'DROPPED')).toEqual({
      'not-verdict': ['DROPPED'],
    });
  });

  it('take no value where they are switches', () => {
    expect(read('-A', '-4', '--not', '-6', '-n', 'x', '--not', '--encrypted')).toEqual({
      'all-namespaces': ['true'],
      ipv4: ['true'],
      'not-ipv6': ['true'],
      namespace: ['x'],
      'not-encrypted': ['true'],
    });
  });

  it('go with expressions, as often as they come, but for --not before them', () => {
    expect(read('-q', 'port = 80', '--verdict', 'DROPPED', '--query', 'not (reply = true)')).toEqual({
      verdict: ['DROPPED'],
      q: ['port = 80', 'not (reply = true)'],
    });
    expect(() => read('--not', '-q', 'port = 80')).toThrow('--not does not go with --query');
  });

  it('leave raw filters as they are, with --not waiting for the next', () => {
    expect(read('--not', '--allowlist', '{}', '--pod', 'a/b')).toEqual({
      allowlist: ['{}'],
      'not-pod': ['a/b'],
    });
  });

  it('are refused when --not stands twice, or last', () => {
    expect(() => read('--not', '--not', '--pod', 'x')).toThrow(/--not stands twice/);
    expect(() => read('--pod', 'x', '--not')).toThrow(/no filter stands behind --not/);
    expect(() => read('--pod')).toThrow(/argument missing/);
    expect(() => read('--pood', 'x')).toThrow(/unknown option/);
  });
});
