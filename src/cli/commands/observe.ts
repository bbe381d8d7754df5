import { InvalidArgumentError, type Command } from 'commander';
import { questionOptions } from '../filter-options.js';
import { observe, type ObserveFlags } from '../observe/observe.js';
import { eventOptions, observeOptions, refuseInFront } from '../observe/options.js';
import { windowOptions } from '../source-options.js';

export function define(command: Command): void {
  observeOptions(questionOptions(command))
    .enablePositionalOptions()
    .argument('[flows]', 'may be said, as `hubble observe flows`', onlyFlows)
    .action(async (_: string | undefined, flags: ObserveFlags) => {
      process.exitCode = await observe(flags);
    });
  for (const [name, kind] of [
    ['agent-events', 'agent_event'],
    ['debug-events', 'debug_event'],
  ] as const)
    eventOptions(windowOptions(command.command(name)))
      .description(`what \`hubble observe ${name}\` prints: of a server, a data folder or a file`)
      .showHelpAfterError(`(flowatlas observe ${name} --help tells more)`)
      .action(async (flags: ObserveFlags) => {
        process.exitCode = await observe(flags, kind);
      });
  refuseInFront(command);
}

function onlyFlows(name: string): string {
  if (name === 'flows') return name;
  throw new InvalidArgumentError('Allowed choices are flows, agent-events, debug-events.');
}
