import { visible } from '../domain/visible.js';
import type { LedgerDigest, LedgerEdge } from './ledger.schema.js';

/** https://api.slack.com/reference/block-kit/blocks#section: characters of a section's text. */
const MOST_CHARACTERS = 3_000;

/** A message as Slack's incoming webhooks take it (and Mattermost, Rocket.Chat and others). */
export interface SlackMessage {
  /** For notifications, and where blocks are not known. */
  text: string;
  blocks: { type: 'section'; text: { type: 'mrkdwn'; text: string } }[];
}

/** The lists of a digest in words; empty ones are not told. */
export function chapters(digest: LedgerDigest): { title: string; lines: string[] }[] {
  const { fresh, newlyDropped, silent, leftOut } = digest;
  return [
    chapter('New', fresh, leftOut.fresh, ({ firstSeen }) => `first seen ${firstSeen}`),
    chapter(
      'Dropped for the first time',
      newlyDropped,
      leftOut.newlyDropped,
      ({ firstDropped }) => `since ${firstDropped ?? ''}`,
    ),
    chapter('Went silent', silent, leftOut.silent, ({ lastSeen }) => `last seen ${lastSeen}`),
  ].filter(({ lines }) => lines.length > 0);
}

function chapter(
  title: string,
  edges: readonly LedgerEdge[],
  leftOut: number,
  words: (edge: LedgerEdge) => string,
) {
  const lines = edges.map((edge) => `${edgeWords(edge)}, ${words(edge)}`);
  const more = leftOut > 0 ? [`and ${leftOut.toLocaleString('en')} more`] : [];
  const count = (edges.length + leftOut).toLocaleString('en');
  return { title: `${title}: ${count}`, lines: [...lines, ...more] };
}

function edgeWords({ source, target, port, protocol, firstAllowed, firstDropped }: LedgerEdge): string {
  const dropped = firstDropped === null ? '' : firstAllowed === null ? ', dropped' : ', dropped in part';
  return visible(`${nodeWords(source)} → ${nodeWords(target)} ${port ?? ''} ${protocol}${dropped}`);
}

function nodeWords({ namespace, name }: LedgerEdge['source']): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

export function slackMessage(digest: LedgerDigest): SlackMessage {
  const { since, until, acknowledged } = digest;
  const told = chapters(digest);
  const news = told.length === 0 ? 'nothing new' : told.map(({ title }) => title).join(', ');
  const seen = acknowledged === 0 ? '' : ` ${acknowledged.toLocaleString('en')} acknowledged.`;
  const head = `*Flowatlas*, ${since} to ${until ?? 'now'}: ${escaped(news)}.${seen}`;
  const texts = told.flatMap(({ title, lines }) =>
    sections(
      `*${escaped(title)}*`,
      lines.map((line) => `• ${escaped(line)}`),
    ),
  );
  return {
    text: `Flowatlas: ${escaped(news)}`,
    blocks: [head, ...texts].map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } })),
  };
}

/** Lines under a title, in as many texts as they need. */
function sections(title: string, lines: readonly string[]): string[] {
  const texts = [title];
  for (const line of lines) {
    const fitting = line.slice(0, MOST_CHARACTERS / 2);
    const last = texts.at(-1) ?? '';
    if (last.length + fitting.length < MOST_CHARACTERS) texts[texts.length - 1] = `${last}\n${fitting}`;
    else texts.push(fitting);
  }
  return texts;
}

/** https://api.slack.com/reference/surfaces/formatting#escaping; and what would be bold, code or struck through. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[*_~`]/g, (mark) => `\u200b${mark}\u200b`);
}
