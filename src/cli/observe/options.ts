import { InvalidArgumentError, Option, type Command } from 'commander';
import { timeFormat, timeFormatNames } from '../../printer/time-format.js';
import { optional } from '../filter-options.js';
import { formats, type Format } from './printers.js';

const STAMP = 'StampMilli';

/** The flags of `hubble observe` that are no filters. */
export function observeOptions(command: Command): Command {
  return sharedOptions(command, formats)
    .addOption(flag('--numeric', 'addresses in the place of names'))
    .addOption(flag('--ip-translation', 'names in the place of addresses').default(true))
    .addOption(flag('--print-policy-names', 'the policies behind a verdict'))
    .addOption(
      new Option('--color <when>', 'colours in compact and dict')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .addOption(
      new Option('--field-mask <paths>', 'of flows in JSON only these fields, comma-separated').argParser(
        (value: string, before: string[] | undefined) => [...(before ?? []), ...value.split(',')],
      ),
    )
    .addOption(
      flag('--print-raw-filters', 'print the filter as YAML of Hubble’s FlowFilters, and nothing else'),
    )
    .addOption(flag('-D, --debug', 'also tell of nodes that come and go'))
    .addHelpText('after', MORE);
}

/** Those of `hubble observe agent-events` and `debug-events`: there are no filters, and no flows to be told. */
export function eventOptions(command: Command): Command {
  const own = formats.filter((format) => format !== 'csv');
  return sharedOptions(command, own).addHelpText('after', MORE);
}

/** An option in front of the name of a subcommand would be passed over. */
export function refuseInFront(command: Command): void {
  command.hook('preSubcommand', (parent, subcommand) => {
    const stray = parent.options.find((option) => {
      const name = option.attributeName();
      return parent.getOptionValue(name) !== undefined && parent.getOptionValueSource(name) !== 'default';
    });
    if (stray !== undefined)
      parent.error(`error: ${stray.flags} stands in front of ${subcommand.name()}; it belongs behind it`);
  });
}

const MORE = '\nWhere this differs from `hubble observe`, and why: docs/observe.md';

function sharedOptions(command: Command, choices: readonly Format[]): Command {
  return command
    .combineFlagAndOptionalValue(false)
    .addOption(number('--last <n>', 'only so many of the newest (of a server 20, unless more is asked for)'))
    .addOption(number('--first <n>', 'only so many of the oldest'))
    .addOption(flag('--all', 'all that is held'))
    .addOption(flag('-f, --follow', 'go on with what comes; needs a running server'))
    .addOption(
      new Option('-o, --output <format>', `how to print it: ${choices.join(', ')}`)
        .argParser((value) => readFormat(value, choices))
        .default('compact'),
    )
    .addOption(
      new Option('--time-format <format>', `how to print times, in UTC: ${timeFormatNames.join(', ')}`)
        .argParser(readTimeFormat)
        .default(timeFormat(STAMP), STAMP),
    )
    .addOption(flag('--print-node-name', 'the node that saw it'))
    .addOption(flag('-s, --silent-errors', 'say nothing on standard error'));
}

function flag(flags: string, describe: string): Option {
  return optional(flags, describe).argParser(readBoolean);
}

/** As Go reads them. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'true'].map((word) => [word, true] as const),
  ...['0', 'f', 'false'].map((word) => [word, false] as const),
]);

function readBoolean(value: string): boolean {
  const read = BOOLEANS.get(value.toLowerCase());
  if (read === undefined) throw new InvalidArgumentError('It is true or false, or stands alone.');
  return read;
}

function number(flags: string, describe: string): Option {
  return new Option(flags, describe).argParser((value) => {
    if (!/^\d{1,15}$/.test(value)) throw new InvalidArgumentError('A whole number is needed.');
    return Number(value);
  });
}

/** Hubble takes JSON in capitals, too. */
function readFormat(value: string, choices: readonly Format[]): Format {
  const format = choices.find((known) => known === value) ?? (value === 'JSON' ? 'json' : undefined);
  if (format === undefined) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
  return format;
}

function readTimeFormat(value: string): unknown {
  const format = timeFormat(value);
  if (format === undefined)
    throw new InvalidArgumentError(`Allowed choices are ${timeFormatNames.join(', ')}.`);
  return format;
}
