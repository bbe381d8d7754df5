import { Dice } from './dice.mjs';

/** Other writers than Hubble's exporter: the same records, told in other words. */
export const dialects = {
  /** As Hubble 1.19 writes them. */
  hubble: () => (line) => line,
  /** With a space after commas and colons, as many JSON libraries print by default. */
  spaced: () => (line) => print(JSON.parse(line), { comma: () => ', ', colon: ': ' }),
  /** With the other names that proto3 has for its fields. */
  camel: () => (line) => print(JSON.parse(line), { name: camelCase }),
  /** With sorted keys, as from a log pipeline that holds records in maps. */
  reordered: () => (line) => print(JSON.parse(line), { order: (keys) => keys.sort() }),
  /** As an exporter tells that adds up flows (`aggregate`, Cilium 1.19). */
  aggregated: (seed) => {
    const dice = new Dice(seed);
    return edited((flow) => {
      flow.aggregate = { ingress_flow_count: dice.below(100), egress_flow_count: dice.below(20) };
    });
  },
  /** With a member that Hubble does not have, and a value of its own in each record. */
  extended: (seed) => {
    const dice = new Dice(seed);
    return edited((flow) => {
      flow.x_request = dice.hex12();
    });
  },
  /**
   * Every line of its own kind, so that nothing can be learned from its bytes: spaces after commas at random, and half
   * of the lines in camelCase. The order of keys stays Hubble's; were it random, JSON.parse itself would be three times
   * slower, and no writer does that.
   */
  general: (seed) => {
    const dice = new Dice(seed);
    const comma = () => dice.pick([',', ', ']);
    return (line) => print(JSON.parse(line), { comma, name: dice.happens(0.5) ? camelCase : same });
  },
};

const same = (value) => value;

/** With more in the flow; lines of events stay as they are. */
function edited(edit) {
  return (line) => {
    const record = JSON.parse(line);
    if (record.flow === undefined) return line;
    edit(record.flow);
    return print(record, {});
  };
}

function print(value, style) {
  if (typeof value === 'string') return JSON.stringify(value).replace(/[<>&]/g, escaped);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const { comma = () => ',', colon = ':', name = same, order = same } = style;
  const isList = Array.isArray(value);
  let text = isList ? '[' : '{';
  let first = true;
  for (const key of isList ? value.keys() : order(Object.keys(value))) {
    if (!first) text += comma();
    first = false;
    if (!isList) text += `"${name(key)}"${colon}`;
    text += print(value[key], style);
  }
  return text + (isList ? ']' : '}');
}

/** Go's encoder escapes what means something in HTML; JSON.parse has taken that away. */
const escaped = (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`;

const camelNames = new Map();
function camelCase(key) {
  let name = camelNames.get(key);
  if (name === undefined) {
    name = key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    camelNames.set(key, name);
  }
  return name;
}
