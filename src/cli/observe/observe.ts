import type { FilterWords } from '../../domain/filter/flags.js';
import type { Filter } from '../../domain/filter/filter.js';
import { readFilter } from '../../domain/filter/expression/read-filter.js';
import { printable, type Printer } from '../../printer/printer.js';
import type { Coverage } from '../../telemetry/coverage.schema.js';
import { coverageWords } from '../coverage.js';
import { filterWords } from '../filter-options.js';
import { withInput, type Input } from '../input.js';
import { measured } from '../progress.js';
import type { Parameters, RestClient } from '../rest-client.js';
import { paint, safe } from '../terminal.js';
import type { SourceOptions } from '../source-options.js';
import { withRunningServer, withServer } from '../with-server.js';
import { counted } from '../words.js';
import { WrongUse } from '../wrong-use.js';
import { CsvPrinter } from './csv-printer.js';
import { Outlet } from './outlet.js';
import { printerFor, type Format, type StyleFlags } from './printers.js';
import { rawFiltersInYaml } from './raw-filters.js';
import { RecordFile, recordsOf, type Records, type Remarks } from './read-records.js';
import { eventsOf, flowsAndEvents, selectRecords } from './select-records.js';
import { readSelection, type Selection, type SelectionFlags } from './selection.js';

export interface ObserveFlags extends SourceOptions, SelectionFlags, StyleFlags {
  output: Format;
  silentErrors?: boolean;
  printRawFilters?: boolean;
}

/** What is observed: flows with what stands between them, or events of one kind alone. */
type Observed = 'flow' | 'agent_event' | 'debug_event';

/** What was asked for, once it is known to make sense. */
interface Question {
  observed: Observed;
  flags: ObserveFlags;
  words: FilterWords;
  filter: Filter;
  selection: Selection;
}

/** `hubble observe`, on what Flowatlas holds or on a file; answers the exit code. */
export async function observe(flags: ObserveFlags, observed: Observed = 'flow'): Promise<number> {
  const words = filterWords(flags);
  const source = flags.inputFile === undefined ? 'server' : 'file';
  const selection = readSelection(flags, source, Date.now());
  if (selection.follow) refuseFollow(flags);
  if (flags.printRawFilters === true) {
    process.stdout.write(rawFiltersInYaml(words));
    return 0;
  }
  const question = { observed, flags, words, filter: readFilter(words), selection };
  const outlet = new Outlet(flags.silentErrors === true);
  const printer = printerFor(flags.output, flags);
  if (flags.inputFile !== undefined)
    return withInput(flags.inputFile, (input) => observeFile(input, question, printer, outlet));
  const ask = selection.follow ? withRunningServer : withServer;
  await ask(flags, (client) => observeServer(client, question, printer, outlet));
  return 0;
}

function refuseFollow({ output, data }: ObserveFlags): void {
  if (output === 'tab' || output === 'table')
    throw new WrongUse(`-o ${output} does not go with --follow: its columns are only known at the end`);
  if (data !== undefined)
    throw new WrongUse(
      '--follow needs a running server: nothing comes into a folder that this command holds',
    );
}

async function observeFile(
  input: Input,
  question: Question,
  printer: Printer,
  outlet: Outlet,
): Promise<number> {
  const { flags, selection } = question;
  if (flags.follow === true) outlet.aside('--follow is passed over: a file is read to its end');
  const { name, written } = input;
  const dating = {
    year: undefined,
    notAfter: written === undefined ? Date.now() : Date.parse(written),
    notAfterIs: written === undefined ? 'the time of arrival' : 'the date of the file',
  } as const;
  // A bar only where nothing else is seen on the terminal.
  const pieces = process.stdout.isTTY ? input.pieces : measured(input);
  const records = new RecordFile(pieces, dating);
  const shown = await printAll(selectRecords(records, passing(question), selection), printer, outlet);
  const remarks = records.remarks();
  tell(remarks, outlet);
  if (shown === 0 && remarks.found > 0 && question.observed !== 'flow')
    outlet.aside(`no ${question.observed} of this window is in it`);
  if (shown > 0 || remarks.rejected === 0 || remarks.found > 0) return 0;
  outlet.aside(`${paint.red('✗')} ${safe(name)}: nothing in it is a Hubble record`);
  return 1;
}

function passing({ observed, words, filter, selection: { window } }: Question) {
  return observed === 'flow' ? flowsAndEvents(filter, words, window) : eventsOf(observed, window);
}

/** Of what was wrong with a file. */
const MOST_REJECTIONS = 10;

function tell({ rejected, rejections, assumed }: Remarks, outlet: Outlet): void {
  for (const { line, reason } of rejections.slice(0, MOST_REJECTIONS))
    outlet.aside(paint.yellow(`line ${line}: ${safe(reason)}`));
  const left = rejected - Math.min(rejections.length, MOST_REJECTIONS);
  if (left > 0) outlet.aside(paint.yellow(`and ${counted(left, 'more line')} that hold no record`));
  for (const words of assumed) outlet.aside(paint.dim(`assumed ${safe(words)}`));
}

async function observeServer(
  client: RestClient,
  question: Question,
  printer: Printer,
  outlet: Outlet,
): Promise<void> {
  const { observed, selection } = question;
  const { first, last, follow } = selection;
  // Whoever follows ends it so, and has what was asked for.
  if (follow) process.once('SIGINT', () => process.exit(0));
  const [path, parameters] = asked(question);
  const answer = await client.stream(path, parameters, 'application/x-ndjson');
  const records = recordsOf(unbroken(answer), (line) => {
    outlet.aside(paint.yellow(safe(line)));
  });
  const shown = await printAll(records, printer, outlet);
  if (follow) {
    outlet.aside('the server has ended');
    return;
  }
  if (observed !== 'flow') {
    if (shown === 0) outlet.aside(`no ${observed} of this window is held`);
    return;
  }
  const told = answer.headers['flowatlas-coverage'];
  // It is about the whole window, of which the first or the last so many are only an end.
  const isWhole = first === undefined && last === undefined;
  if (typeof told !== 'string' || (shown > 0 && !isWhole)) return;
  for (const words of coverageWords(JSON.parse(told) as Coverage, shown === 0)) outlet.aside(words);
}

async function* unbroken(answer: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of answer) yield chunk as Buffer;
  } catch {
    throw new Error('the server broke its answer off');
  }
}

/** Oldest first, as Hubble prints. */
function asked({ observed, flags, words, selection }: Question): [path: string, Parameters] {
  const { window, first, last, follow } = selection;
  const shared = {
    order: 'asc',
    since: window.since === undefined ? undefined : flags.since,
    until: window.until === undefined ? undefined : flags.until,
    last: last?.toString(),
    follow: follow ? 'true' : undefined,
  };
  if (observed !== 'flow') return ['/api/v1/events', { ...shared, kind: observed, limit: first?.toString() }];
  const filter = Object.fromEntries([...words].map(([name, values]) => [name, [...values]]));
  return ['/api/v1/flows', { ...filter, ...shared, first: first?.toString() }];
}

/** How many records there were. */
async function printAll(records: Records, printer: Printer, outlet: Outlet): Promise<number> {
  let count = 0;
  for await (const batch of records) {
    for (const { record, json } of batch) {
      const found = printable(record, json);
      if (record.kind === 'node_status') outlet.aside(printer.status(found));
      else await outlet.write(printer.print(found));
    }
    count += batch.length;
    await outlet.flush();
  }
  for await (const rest of printer.end()) await outlet.write(rest);
  await outlet.flush();
  if (printer instanceof CsvPrinter && printer.leftOut > 0)
    outlet.aside(`${counted(printer.leftOut, 'event')} left out: CSV has flows only`);
  return count;
}
