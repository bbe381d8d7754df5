const COMPRESSED = /\.(?:gz|zst|zstd)$/;
/** logrotate: `events.log.1`, and `events.log-20260101` or `events.log-2026-01-01-1767225600` with dateext. */
const NUMBERED = /^(.+?)[.-]\d[\d-]*$/;
/** lumberjack, which Cilium uses: `events-2026-01-01T00-00-00.000.log`. */
const STAMPED = /^(.+)-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}(\.[^.]*)?$/;

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

/** A file of this path is called as one that was compressed. */
export function isCompressed(path: string, from: string): boolean {
  return path !== from && path.replace(COMPRESSED, '') === from;
}
