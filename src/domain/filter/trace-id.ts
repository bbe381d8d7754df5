import { objectOf, textOf } from '../flow/json.js';
import { mentions } from '../flow/recorded-flow.js';
import { readText, Refusal, shown, type Criterion } from './criterion.js';

/** `--trace-id`: the trace that an HTTP request belongs to, from its traceparent header. */
export const traceId: Criterion<string> = {
  field: 'trace_id',
  flags: [{ name: 'trace-id', describe: 'exact id of the trace that a request belongs to' }],
  read: readText,
  test(ids) {
    const wanted = new Set(ids);
    return (flow) => {
      if (!mentions(flow, 'trace_id', 'traceId')) return false;
      const { parent } = objectOf(flow.json['trace_context'] ?? flow.json['traceContext']);
      const { trace_id, traceId } = objectOf(parent);
      const id = textOf(trace_id ?? traceId);
      return id !== '' && wanted.has(id);
    };
  },
};

/** `--ip-trace-id`: the trace that a packet carries in its IP options. 64 bits, so it stays text. */
export const ipTraceId: Criterion<string> = {
  field: 'ip_trace_id',
  flags: [{ name: 'ip-trace-id', describe: 'trace id in the IP options of a packet, greater than 0' }],
  read(value) {
    // A larger number has lost digits on its way: JSON has it as text.
    const text = Number.isSafeInteger(value) ? String(value) : readText(value);
    const id = /^\d{1,20}$/.test(text) ? BigInt(text) : 0n;
    if (id > 0n && id < 1n << 64n) return String(id);
    throw new Refusal(`${shown(value)} is no number from 1 to 18446744073709551615`);
  },
  test(ids) {
    const wanted = new Set(ids);
    return (flow) => {
      if (!mentions(flow, 'ip_trace_id', 'ipTraceId')) return false;
      const { trace_id, traceId } = objectOf(flow.json['ip_trace_id'] ?? flow.json['ipTraceId']);
      return wanted.has(textOf(trace_id ?? traceId));
    };
  },
};
