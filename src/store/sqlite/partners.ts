const PLACES = 1 << 14;

/**
 * Destinations, most of which are whom the source was with last, whichever way: written is 0 for that one, else
 * the number plus one. An endpoint looks at one place, by the low bits of its number.
 */
export function writePartners(sources: Uint32Array, destinations: Uint32Array): Uint32Array {
  const partners = new Uint32Array(PLACES);
  return sources.map((source, row) => {
    const destination = destinations[row] ?? 0;
    const written = partners[source % PLACES] === destination + 1 ? 0 : destination + 1;
    partners[source % PLACES] = destination + 1;
    partners[destination % PLACES] = source + 1;
    return written;
  });
}

export function readPartners(sources: Uint32Array, written: Uint32Array): Uint32Array {
  const partners = new Uint32Array(PLACES);
  return written.map((told, row) => {
    const source = sources[row] ?? 0;
    const destination = (told === 0 ? (partners[source % PLACES] ?? 0) : told) - 1;
    partners[source % PLACES] = destination + 1;
    partners[destination % PLACES] = source + 1;
    return destination;
  });
}
