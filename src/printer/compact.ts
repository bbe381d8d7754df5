import type { Side } from '../domain/flow/flow.js';
import { agentEventTypes } from '../domain/flow/printed-names.js';
import { agentDetails, debugWords, lossWords } from './event-words.js';
import { summaryOf, typeOf, verdictOf } from './flow-words.js';
import { hostOf, identityOf } from './hosts.js';
import { isTold, statusLine } from './node-status.js';
import type { PrintableRecord, Printer } from './printer.js';
import type { Fields } from './shown.js';
import type { Style } from './style.js';

/** One line for each record. */
export class CompactPrinter implements Printer {
  constructor(private readonly style: Style) {}

  print(record: PrintableRecord): string {
    const { body, envelope } = record;
    const { time } = this.style;
    switch (record.kind) {
      case 'flow':
        return this.#flow(body);
      case 'lost_events': {
        const { source, cpu, count, between } = lossWords(body, time);
        return `${time(envelope.get('time'))} EVENTS LOST: ${source} CPU(${cpu}) ${count}${between}\n`;
      }
      case 'agent_event':
        return `${this.#head(envelope)}: ${body.enum('type', agentEventTypes)} (${agentDetails(body, time)})\n`;
      case 'debug_event': {
        const { from, type, mark, cpu, message } = debugWords(body);
        return `${this.#head(envelope)}: ${from} ${type} MARK: ${mark} CPU: ${cpu} (${message})\n`;
      }
      case 'node_status':
        return '';
    }
  }

  status(record: PrintableRecord): string {
    return isTold(record, this.style) ? statusLine(record, this.style) : '';
  }

  async *end(): AsyncGenerator<string> {
    // Every line is whole.
  }

  /** Replies are told the other way round, so that the client stays on the left. */
  #flow(flow: Fields): string {
    const isReply = flow.get('is_reply');
    const ends: [Side, Side] = isReply === true ? ['destination', 'source'] : ['source', 'destination'];
    const [left, right] = ends.map(
      (side) => `${hostOf(flow, side, this.style)} ${identityOf(flow, side, this.style)}`,
    );
    const arrow = typeof isReply === 'boolean' ? (isReply ? '<-' : '->') : '<>';
    const decision = `${typeOf(flow)} ${verdictOf(flow, this.style)} (${summaryOf(flow, this.style)})`;
    return `${this.#head(flow)}: ${left ?? ''} ${arrow} ${right ?? ''} ${decision}\n`;
  }

  #head(of: Fields): string {
    const time = this.style.time(of.get('time'));
    return this.style.nodeName ? `${time} [${of.text('node_name')}]` : time;
  }
}
