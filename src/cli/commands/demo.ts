import type { Command } from 'commander';
import { demo } from '../demo.js';
import { settingOptions } from './serve.js';

export function define(command: Command): void {
  settingOptions(command, ['listen', 'log']);
  command.action((flags: { listen?: string; log?: string }) => demo(flags));
}
