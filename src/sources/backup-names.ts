const COMPRESSED = /\.(?:gz|zst|zstd)$/;
/** logrotate: `events.log.1`, and `events.log-20260101` or `events.log-2026-01-01-1767225600` with dateext. */
const NUMBERED = /^(.+?)[.-]\d[\d-]*$/;
/** lumberjack, which Cilium uses: `events-2026-01-01T00-00-00.000.log`. */
const STAMPED = /^(.+)-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}(\.[^.]*)?$/;

/** logrotate with `extension .log`: `events.1.log`, `events-20260101.log`; other logs may be called so, too. */
const EXTENDED = /^(.+?)(?:\.\d{1,5}|[.-]\d{4}-?\d{2}-?\d{2}(?:-\d+)*)(\.[^.\d][^.]*)$/;

/** The names of logs that a file of this name may be a backup of; none for the name itself. */
export function backedUpBy(name: string): string[] {
  const plain = name.replace(COMPRESSED, '');
  const numbered = NUMBERED.exec(plain);
  const stamped = STAMPED.exec(plain);
  return [
    ...(plain === name ? [] : [plain]),
    ...(numbered === null ? [] : [numbered[1] ?? '']),
    ...(stamped === null ? [] : [`${stamped[1] ?? ''}${stamped[2] ?? ''}`]),
  ];
}

/** The same, and where a log of the name that is left lies beside, it is taken for one of its backups. */
export function mayBackUp(name: string): string[] {
  const [, stem, extension] = EXTENDED.exec(name.replace(COMPRESSED, '')) ?? [];
  return [...backedUpBy(name), ...(stem === undefined ? [] : [`${stem}${extension ?? ''}`])];
}

/** A file of this path is called as one that was compressed. */
export function isCompressed(path: string, from: string): boolean {
  return path !== from && path.replace(COMPRESSED, '') === from;
}
