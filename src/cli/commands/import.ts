import { InvalidArgumentError, Option, type Command } from 'commander';
import { textDatingSchema } from '../../ingest/ingest.schema.js';
import { importFiles, type ImportOptions } from '../import.js';
import { sourceOptions } from '../source-options.js';

export function define(command: Command): void {
  sourceOptions(command)
    .argument('<file...>', 'files, folders, globs, or -')
    .addOption(
      new Option(
        '--year <year>',
        'the year of text lines that name none (else told from the date of the file)',
      ).argParser(readYear),
    )
    .action(async (files: string[], options: ImportOptions) => {
      process.exitCode = await importFiles(files, options);
    });
}

function readYear(value: string): string {
  if (!textDatingSchema.safeParse({ year: value }).success)
    throw new InvalidArgumentError('a year from 1970 to 2261 is needed.');
  return value;
}
