import { Option, type Command } from 'commander';
import { EXPRESSION } from '../domain/filter/expression/read-filter.js';
import { filterNames, filterSwitches } from '../domain/filter/parse-filter.js';
import type { Parameters } from './rest-client.js';
import { windowOptions } from './source-options.js';

const NOT = 'not-';

/** Hubble's own letters. */
const letters: ReadonlyMap<string, string> = new Map([
  ['namespace', 'n'],
  ['all-namespaces', 'A'],
  ['label', 'l'],
  ['type', 't'],
  ['ipv4', '4'],
  ['ipv6', '6'],
]);

/**
 * Every filter as an option that can be repeated. `--not` turns the next filter into its `not-`, whatever
 * stands between them that is no filter, as in Hubble.
 */
export function filterOptions(command: Command): Command {
  const words = new Map<string, string[]>();
  let isNegated = false;
  const take = (name: string, value: string) => {
    const negated = `${NOT}${name}`;
    const isTurned = isNegated && filterNames.has(negated);
    const target = isTurned ? negated : name;
    words.set(target, [...(words.get(target) ?? []), value]);
    if (isTurned) isNegated = false;
    // Commander keeps the last value of each option; here are all of them.
    for (const known of [name, negated]) command.setOptionValue(camelCase(known), words.get(known));
  };
  command.addOption(optional('--not', 'leave out what the next filter matches')).on('option:not', () => {
    if (isNegated) command.error('error: --not stands twice before a filter');
    isNegated = true;
  });
  for (const [name, describe] of filterNames) {
    const option = optionOf(name, describe);
    command.addOption(name.startsWith(NOT) ? option.hideHelp() : option);
    command.on(`option:${name}`, (value: string | null) => {
      take(name, value ?? 'true');
    });
  }
  command
    .addOption(
      new Option(
        '-q, --query <expression>',
        'what flags cannot say: and, or, not, brackets, comparisons; beside filters "and"',
      ).argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]),
    )
    .on('option:query', () => {
      if (isNegated) command.error('error: --not does not go with --query, which has its own: not (…)');
    });
  command.hook('preAction', () => {
    if (isNegated) command.error('error: no filter stands behind --not');
  });
  return command.addHelpText(
    'after',
    '\nFilters are those of `hubble observe`. Different ones are "and", a repeated one is "or". --not before a\nfilter, or not- before its name as in --not-namespace, leaves out.',
  );
}

/** For a command that takes every filter. */
export function questionOptions(command: Command): Command {
  return filterOptions(windowOptions(command));
}

/** What is asked of the API: the filter, the window, and a command's own words. */
export function parametersOf(options: object, ...own: string[]): Parameters {
  const given = options as Parameters;
  const named = ['since', 'until', ...own].map((name) => [name, given[name]]);
  return Object.fromEntries([...named, ...filterWords(options)]) as Parameters;
}

function optionOf(name: string, describe: string): Option {
  const letter = letters.get(name);
  const flags = letter === undefined ? `--${name}` : `-${letter}, --${name}`;
  return filterSwitches.has(name) ? optional(flags, describe) : new Option(`${flags} <value>`, describe);
}

/** An option that may stand alone; `--numeric` is `--numeric=true`. */
export function optional(flags: string, describe: string): Option {
  return new Option(`${flags} [=true]`, describe);
}

/** Words of the filter among the options, expressions included: Commander spells `--from-pod` as fromPod. */
export function filterWords(options: object): Map<string, readonly string[]> {
  const given = options as Parameters;
  const words = new Map<string, readonly string[]>();
  for (const name of filterNames.keys()) {
    const values = [given[camelCase(name)] ?? []].flat();
    if (values.length > 0) words.set(name, values);
  }
  const expressions = given['query'];
  if (expressions !== undefined) words.set(EXPRESSION, [expressions].flat());
  return words;
}

function camelCase(name: string): string {
  return name.replace(/-([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}
