import { MOST_SEGMENTS } from './path-shapes.js';

/** `{name}`: one segment, whatever it is. */
const PLACE = /^\{[\w.-]+\}$/;
const METHOD = /^[A-Z][A-Z-]*$/;

/** Templates that end here, by method; of any method under the empty one. */
type Ends = Map<string, string>;

/**
 * Templates of paths that operators gave, such as `/users/{id}` or `GET /files/*`: a fixed segment fits itself, a
 * place any segment but an empty one, `*` or `**` at the end all that follows. Of those that fit, the one wins that is
 * the more fixed in the first segment in which they differ, then the one with a method.
 */
export class PinnedRoutes {
  readonly #first = new Step();
  #isEmpty = true;

  /** Throws what is wrong with a template. */
  static of(templates: readonly string[]): PinnedRoutes {
    const routes = new PinnedRoutes();
    for (const template of templates) routes.#add(template);
    return routes;
  }

  #add(template: string): void {
    const fail = (reason: string) => new Error(`${JSON.stringify(template)}: ${reason}`);
    const space = template.startsWith('/') ? -1 : template.indexOf(' ');
    const method = space < 0 ? '' : template.slice(0, space);
    const path = template.slice(space + 1).trimStart();
    if (space >= 0 && !METHOD.test(method)) throw fail(`${JSON.stringify(method)} is no method such as GET`);
    if (!path.startsWith('/')) throw fail('a path begins with a slash, and only a method stands before it');
    const segments = path.slice(1).split('/');
    const mistake = mistakeOf(segments);
    if (mistake !== undefined) throw fail(mistake);
    const ends = this.#first.endsOf(segments);
    const same = ends.get(method);
    if (same !== undefined) throw fail(`fits the same requests as ${JSON.stringify(same)}`);
    ends.set(method, path);
    this.#isEmpty = false;
  }

  /** The path of the template that a request counts under. */
  find(method: string, path: string): string | undefined {
    if (this.#isEmpty || !(path === '' || path.startsWith('/'))) return undefined;
    // What is further behind can only be the rest.
    return this.#first.find(method, path.slice(1).split('/', MOST_SEGMENTS + 1), 0);
  }
}

/** What may stand behind some segments. */
class Step {
  readonly #fixed = new Map<string, Step>();
  #place: Step | undefined;
  readonly #ends: Ends = new Map();
  readonly #rest: Ends = new Map();

  endsOf(segments: readonly string[]): Ends {
    const [segment, ...others] = segments;
    if (segment === undefined) return this.#ends;
    if (isRest(segment)) return this.#rest;
    if (PLACE.test(segment)) return (this.#place ??= new Step()).endsOf(others);
    let next = this.#fixed.get(segment);
    if (next === undefined) this.#fixed.set(segment, (next = new Step()));
    return next.endsOf(others);
  }

  /** No step is looked at twice: there is one way to each. */
  find(method: string, segments: readonly string[], at: number): string | undefined {
    const segment = segments[at];
    if (segment === undefined) return endOf(this.#ends, method);
    return (
      this.#fixed.get(segment)?.find(method, segments, at + 1) ??
      (segment === '' ? undefined : this.#place?.find(method, segments, at + 1)) ??
      endOf(this.#rest, method)
    );
  }
}

function endOf(ends: Ends, method: string): string | undefined {
  return ends.get(method) ?? ends.get('');
}

function isRest(segment: string): boolean {
  return segment === '*' || segment === '**';
}

function mistakeOf(segments: readonly string[]): string | undefined {
  if (segments.length > MOST_SEGMENTS) return `has more than ${MOST_SEGMENTS} segments`;
  for (const [at, segment] of segments.entries()) {
    const isLast = at === segments.length - 1;
    const reason = (isRest(segment) && isLast) || PLACE.test(segment) ? undefined : reasonOf(segment, isLast);
    if (reason !== undefined) return `segment ${at + 1}, ${JSON.stringify(segment)}, ${reason}`;
  }
  return undefined;
}

/** Why it is no fixed text. */
function reasonOf(segment: string, isLast: boolean): string | undefined {
  if (segment === '' && !isLast) return 'is empty';
  if (/[?#]/.test(segment)) return 'has a query or a fragment: routes are paths alone';
  if (segment.includes('*')) return 'has a *, which stands alone and at the end, for all that follows';
  if (segment.startsWith(':')) return `has to be written {${segment.slice(1)}}`;
  if (/[{}]/.test(segment)) return 'is not wholly a place such as {id}: letters, digits and _ . - in braces';
  if (/%[\da-f]{2}/i.test(segment))
    return 'has to be written without percent encoding, as paths are compared';
  return undefined;
}

export const nothingPinned = new PinnedRoutes();
