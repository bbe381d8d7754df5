import { describe, expect, it } from '@jest/globals';
import { OpenObject } from './open-object.js';

/** Which begins in line 7 and goes on in these. */
function openOver(lines: readonly string[], longest = 1_000): OpenObject {
  const open = new OpenObject(longest);
  open.begin('{', 7);
  for (const [i, line] of lines.entries()) {
    open.endLine(false, 8 + i);
    open.add(line);
  }
  return open;
}

describe('an object that goes on over lines', () => {
  it('holds nothing of others where its lines stand further in', () => {
    const open = openOver([' "a": 1,', '', '\t"b": [', ']', '}']);
    expect(open.mayHoldOthers).toBe(false);
    expect(open.linesOfOthers()).toEqual([]);
    expect(open.take()).toBe('{\n "a": 1,\n\n\t"b": [\n]\n}');
    expect(open.isOpen).toBe(false);
  });

  it('tells its lines from the first on in which something else may begin', () => {
    const open = openOver([' "a": 1,', '{"b":2}', ' x']);
    expect(open.linesOfOthers()).toEqual([
      { number: 9, text: '{"b":2}' },
      { number: 10, text: ' x' },
    ]);
  });

  it('stays open when it is too long, with its first line, and holds nothing of it', () => {
    const lines = Array.from({ length: 5_000_000 }, () => 'x');
    const before = process.memoryUsage().rss;
    const open = openOver(lines, 100);
    expect(process.memoryUsage().rss - before).toBeLessThan(80 << 20);
    expect(open).toMatchObject({ isOpen: true, isTooLong: true, line: 7 });
    expect(open.linesOfOthers()).toEqual([]);
    expect(open.take()).toBe('');
  });
});
