import { agentEventTypes } from '../domain/flow/printed-names.js';
import { agentDetails, debugWords, lossWords } from './event-words.js';
import { summaryOf, typeOf, verdictOf } from './flow-words.js';
import { hostOf } from './hosts.js';
import { isTold, statusBlock } from './node-status.js';
import type { PrintableRecord, Printer } from './printer.js';
import type { Fields } from './shown.js';
import type { Style } from './style.js';

const SEPARATOR = '------------\n';
/** Of DESTINATION, the longest name of a field. */
const WIDTH = 11;

/** A block of fields for each record. */
export class DictPrinter implements Printer {
  #isFirst = true;

  constructor(private readonly style: Style) {}

  print(record: PrintableRecord): string {
    if (record.kind === 'node_status') return '';
    return this.#separated(this.#fieldsOf(record).map(fieldLine).join(''));
  }

  status(record: PrintableRecord): string {
    return isTold(record, this.style) ? this.#separated(statusBlock(record, this.style)) : '';
  }

  async *end(): AsyncGenerator<string> {
    // Every block is whole.
  }

  #separated(block: string): string {
    const text = this.#isFirst ? block : SEPARATOR + block;
    this.#isFirst = false;
    return text;
  }

  #fieldsOf({ kind, body, envelope }: PrintableRecord): Field[] {
    if (kind === 'flow') return this.#flow(body);
    if (kind === 'lost_events') return this.#loss(body, envelope);
    if (kind === 'agent_event')
      return [
        ...this.#head(envelope),
        ['TYPE', body.enum('type', agentEventTypes)],
        ['DETAILS', agentDetails(body, this.style.time)],
      ];
    const { from, type, mark, cpu, message } = debugWords(body);
    return [
      ...this.#head(envelope),
      ['TYPE', type],
      ['FROM', from],
      ['MARK', mark],
      ['CPU', cpu],
      ['MESSAGE', message],
    ];
  }

  #flow(flow: Fields): Field[] {
    return [
      ...this.#head(flow),
      ['SOURCE', hostOf(flow, 'source', this.style)],
      ['DESTINATION', hostOf(flow, 'destination', this.style)],
      ['TYPE', typeOf(flow)],
      ['VERDICT', verdictOf(flow, this.style)],
      ['SUMMARY', summaryOf(flow, this.style)],
    ];
  }

  #loss(lost: Fields, envelope: Fields): Field[] {
    const { source, cpu, count, between } = lossWords(lost, this.style.time);
    return [
      ...this.#head(envelope, '-'),
      ['SOURCE', source],
      ['TYPE', 'EVENTS LOST'],
      ['VERDICT', '-'],
      ['SUMMARY', `CPU(${cpu}) - ${count}${between}`],
    ];
  }

  #head(of: Fields, nowhere = ''): Field[] {
    const time: Field = ['TIMESTAMP', this.style.time(of.get('time'))];
    return this.style.nodeName ? [time, ['NODE', of.text('node_name') || nowhere]] : [time];
  }
}

type Field = [name: string, value: string];

function fieldLine([name, value]: Field): string {
  return `${name.padStart(WIDTH)}: ${value}\n`;
}
