import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import { newsKinds } from '../../domain/service-map/map-news.js';
import { thresholdShape } from '../../service-map/diff-thresholds.js';
import { grainOptions } from '../grain-options.js';
import type { SourceOptions } from '../source-options.js';

/** What a pipeline may ask to fail on. */
const failures = {
  ...newsKinds,
  notes: 'something was not recorded in a window: nothing held, events lost, nodes silent, …',
} as const;
export type Failure = keyof typeof failures;

export interface DiffOptions extends SourceOptions {
  a?: string;
  b?: string;
  level?: string;
  failOn?: Failure[];
  output: 'table' | 'markdown' | 'json';
}

export function diffOptions(command: Command): Command {
  const window = 'such as 2h/1h or 2026-06-01T10:00/2026-06-01T11:00; an end left empty is open';
  grainOptions(command)
    .addArgument(new Argument('[before]', 'a file in the place of --a: flows, or what `map -o json` printed'))
    .addArgument(new Argument('[after]', 'a file in the place of --b'))
    .option('--a <window>', `compare with this window, ${window}`)
    .option('--b <window>', 'the window that is compared with it')
    .option('--input-file <file>', 'read both windows from this file of flows')
    .addOption(
      new Option('--fail-on <kinds>', 'exit 1 when there is anything of these, comma-separated').argParser(
        readKinds,
      ),
    )
    .addOption(
      new Option('-o, --output <format>', 'how to print it')
        .choices(['table', 'markdown', 'json'])
        .default('table'),
    );
  for (const [name, schema] of Object.entries(thresholdShape))
    command.option(`--${name} <number>`, `${schema.description ?? ''} (${schema.parse(undefined)})`);
  return command.addHelpText('after', `\nKinds of --fail-on:\n${kindLines()}\n${NOTHING_HELD}`);
}

const NOTHING_HELD = 'With --fail-on, a window of which nothing is held fails, too: it proves nothing.';

function kindLines(): string {
  return Object.entries(failures)
    .map(([kind, words]) => `  ${kind.padEnd(12)} ${words}`)
    .join('\n');
}

function readKinds(text: string, before: Failure[] = []): Failure[] {
  const kinds = text.split(',').map((name) => {
    const kind = (Object.keys(failures) as Failure[]).find((known) => known === name.trim());
    if (kind !== undefined) return kind;
    throw new InvalidArgumentError(`"${name}" is none of ${Object.keys(failures).join(', ')}.`);
  });
  return [...before, ...kinds];
}
