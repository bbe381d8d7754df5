/** What went wrong, for whoever sits at the terminal: the system's own errors name what they are about, in words. */
export function wordsOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { code = '', path, message } = error as NodeJS.ErrnoException;
  const words = SYSTEM_ERRORS[code];
  return words === undefined || path === undefined ? message : `${path} ${words}`;
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read or written by this user',
  EPERM: 'may not be read or written by this user',
  EISDIR: 'is a folder',
  ENOTDIR: 'leads through something that is no folder',
  EROFS: 'lies on a disk that cannot be written to',
  ENOSPC: 'finds no room: the disk is full',
};

/** `1 report`, `2,000 reports`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? singular : plural}`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** `2 d 4 h`: the two largest units. */
export function duration(seconds: number): string {
  const first = UNITS.findIndex(([, length]) => seconds >= length);
  let rest = Math.floor(seconds);
  const parts = UNITS.slice(first).map(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return { count, text: `${count} ${unit}` };
  });
  const told = parts.slice(0, 2).filter(({ count }) => count > 0);
  return told.length === 0 ? '0 s' : told.map(({ text }) => text).join(' ');
}
