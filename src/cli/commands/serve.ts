import { Option, type Command } from 'commander';
import { settings } from '../../config/settings.js';
import { collect } from '../collect.js';
import { serve } from '../serve.js';

type ServeFlags = Record<string, string | string[] | undefined> & { check?: true };

export function define(command: Command): void {
  command
    .option('--check', 'check the configuration and exit')
    .action(({ check, ...flags }: ServeFlags) => serve(flags, check === true));
  settingOptions(command);
}

/** Settings as flags, all of them or those of these names. */
export function settingOptions(command: Command, only?: readonly string[]): void {
  for (const { flag, variable, value, describe, isList } of settings) {
    if (only?.includes(flag) === false) continue;
    const source = value === '' ? variable : `${variable}, else ${value}`;
    const option = new Option(`--${flag} <value>`, `${describe} (${source})`);
    command.addOption(isList ? option.argParser(collect) : option);
  }
}
