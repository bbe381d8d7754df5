import type { IngestReport, Rejection, TextDating } from '../ingest/ingest.schema.js';
import { findInputs, type FoundInput } from './find-inputs.js';
import { withInput, type Input } from './input.js';
import { measured } from './progress.js';
import type { Intake } from './own-store.js';
import { RestError } from './rest-client.js';
import { complain, paint, print, safe } from './terminal.js';
import type { SourceOptions } from './source-options.js';
import { withIntake } from './with-server.js';
import { counted, wordsOf } from './words.js';

const MOST_ERRORS_SHOWN = 5;

export interface ImportOptions extends SourceOptions {
  /** Of text lines that name none. */
  year?: string;
}

/**
 * Stores files one after another. The exit code is 1 when one of them could not be stored, or was named and
 * held no record, or when nothing was stored at all.
 */
export async function importFiles(names: readonly string[], options: ImportOptions): Promise<number> {
  const { inputs, notes, mistakes } = await findInputs(names);
  for (const note of notes) complain(paint.dim(safe(note)));
  for (const mistake of mistakes) complain(`${paint.red('✗')} ${safe(mistake)}`);
  if (inputs.length === 0) return 1;
  return withIntake(options, async (intake) => {
    const results: Result[] = [];
    for (const input of inputs) results.push(await importFile(intake, input, options.year));
    if (results.length > 1) printSum(results);
    const isGood = mistakes.length === 0 && !results.includes('failed') && results.some(isStored);
    return isGood ? 0 : 1;
  });
}

type Result = IngestReport | 'passed over' | 'failed';

function isStored(result: Result): result is IngestReport {
  return typeof result === 'object';
}

function printSum(results: readonly Result[]): void {
  const reports = results.filter(isStored);
  const stored = reports.reduce((sum, report) => sum + report.stored, 0);
  print(paint.bold(`${reports.length} of ${results.length} files, ${counted(stored, 'flow')} stored`));
}

async function importFile(
  intake: Intake,
  { file, isFound }: FoundInput,
  year: string | undefined,
): Promise<Result> {
  try {
    const [name, report] = await withInput(
      file,
      async (input) => [input.name, await intake.sendFlows(measured(input), datingOf(input, year))] as const,
    );
    print(`${safe(name)}: ${describe(report)}`);
    for (const assumption of report.text?.assumed ?? []) print(paint.dim(`  assumed ${safe(assumption)}`));
    printErrors(report.errors, report.rejected);
    return report;
  } catch (error) {
    if (isFound && error instanceof RestError && error.code === 'no_records') {
      complain(paint.dim(`${safe(file)}: passed over, nothing in it is a Hubble record`));
      return 'passed over';
    }
    complain(`${paint.red('✗')} ${safe(file)}: ${safe(wordsOf(error))}`);
    if (error instanceof RestError) printFault(error.body);
    return 'failed';
  }
}

function datingOf({ written }: Input, year: string | undefined): TextDating {
  return {
    ...(year === undefined ? {} : { year: Number(year) }),
    ...(written === undefined ? {} : { written }),
  };
}

function describe(report: IngestReport): string {
  const parts = [`${counted(report.stored, 'flow')} stored`];
  if (report.text !== undefined) parts.push(`${counted(report.text.records, 'record')} read from text`);
  if (report.duplicates > 0) parts.push(`${report.duplicates.toLocaleString('en')} already known`);
  if (report.lostEvents > 0)
    parts.push(paint.yellow(`${counted(report.lostEvents, 'report')} of lost events`));
  for (const [kind, count] of Object.entries(report.otherEvents)) parts.push(`${count} ${kind}`);
  if (report.rejected > 0) parts.push(paint.yellow(`${counted(report.rejected, 'line')} rejected`));
  if (report.from !== null) parts.push(paint.dim(`${report.from} to ${report.to ?? ''}`));
  return parts.join(', ');
}

function printErrors(errors: readonly Rejection[], rejected: number): void {
  const shown = errors.slice(0, MOST_ERRORS_SHOWN);
  for (const { line, reason } of shown) complain(paint.dim(`  line ${line}: ${safe(reason)}`));
  if (rejected > shown.length) complain(paint.dim(`  and ${rejected - shown.length} more`));
}

/** What else the server says of a body that it could not take whole. */
function printFault(body: unknown): void {
  const { errors = [], report } = (body as { error?: Fault } | undefined)?.error ?? {};
  printErrors(errors.slice(1), 0);
  if (report !== undefined) complain(paint.dim(`  of what came before: ${describe(report)}`));
}

interface Fault {
  errors?: Rejection[];
  report?: IngestReport;
}
