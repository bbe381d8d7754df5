import { nodeStates } from '../domain/flow/printed-names.js';
import type { PrintableRecord } from './printer.js';
import { shown } from './shown.js';
import type { Style } from './style.js';

/** Only these trouble whoever reads; the others tell that all is well. */
const TROUBLES = ['NODE_UNAVAILABLE', 'NODE_ERROR'];

/** Characters of a list of nodes before it is cut. */
const MOST_CHARACTERS = 50;

export function isTold({ body }: PrintableRecord, { debug }: Style): boolean {
  return debug || TROUBLES.includes(body.enum('state_change', nodeStates));
}

/** As the formats of one line have it. */
export function statusLine({ body, envelope }: PrintableRecord, { time }: Style): string {
  const state = body.enum('state_change', nodeStates);
  const count = body.texts('node_names').length;
  const words = {
    NODE_CONNECTED: `Receiving flows from ${count} nodes`,
    NODE_UNAVAILABLE: `${count} nodes are unavailable`,
    NODE_GONE: `${count} nodes removed from cluster`,
    NODE_ERROR: `Error ${quoted(body.get('message'))} on ${count} nodes`,
  }[state];
  const told = `${words ?? `unknown node status event: ${state}`}: ${nodesOf({ body })}`;
  return `${time(envelope.get('time'))} [${envelope.text('node_name')}]: ${told}\n`;
}

export function statusBlock({ body, envelope }: PrintableRecord, { time }: Style): string {
  const message = body.text('message') === '' ? 'N/A' : quoted(body.get('message'));
  return [
    `  TIMESTAMP: ${time(envelope.get('time'))}\n`,
    `      STATE: ${body.enum('state_change', nodeStates)}\n`,
    `      NODES: ${nodesOf({ body })}\n`,
    `    MESSAGE: ${message}\n`,
  ].join('');
}

/** `c/n1, c/n2 (and 3 more)`: one at least, and as many as there is room for. */
function nodesOf({ body }: Pick<PrintableRecord, 'body'>): string {
  const names = body.texts('node_names');
  let length = 0;
  const cut = names.findIndex((name, index) => {
    length += name.length + ', '.length;
    return length > MOST_CHARACTERS && index > 0;
  });
  if (cut < 0) return names.join(', ');
  return `${names.slice(0, cut).join(', ')} (and ${names.length - cut} more)`;
}

function quoted(text: unknown): string {
  return shown(JSON.stringify(typeof text === 'string' ? text : ''));
}
