/** `scheme://authority` of an absolute URL. */
const ORIGIN = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#]*/;

/** The decoded path of a URL, without query and fragment; undefined where it cannot be decoded. */
export function urlPath(url: string): string | undefined {
  const path = url.replace(ORIGIN, '').replace(/[?#].*$/s, '');
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
