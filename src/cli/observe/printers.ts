import { fieldMask } from '../../domain/flow/field-mask.js';
import { CompactPrinter } from '../../printer/compact.js';
import { DictPrinter } from '../../printer/dict.js';
import { JsonPrinter } from '../../printer/json.js';
import type { Printer } from '../../printer/printer.js';
import { coloured, uncoloured, type Style } from '../../printer/style.js';
import { TablePrinter } from '../../printer/table.js';
import type { TimeFormat } from '../../printer/time-format.js';
import { mayColour } from '../terminal.js';
import { WrongUse } from '../wrong-use.js';
import { CsvPrinter } from './csv-printer.js';
import { RowFile } from './row-file.js';

type Mask = ReturnType<typeof fieldMask>;

/** Values of `-o`, with the printer of each. */
const printers = {
  compact: (style: Style) => new CompactPrinter(style),
  dict: (style: Style) => new DictPrinter(style),
  tab: (style: Style) => new TablePrinter(style, new RowFile()),
  table: (style: Style) => new TablePrinter(style, new RowFile()),
  json: (style: Style, mask?: Mask) => new JsonPrinter(style, mask),
  jsonpb: (style: Style, mask?: Mask) => new JsonPrinter(style, mask),
  csv: (style: Style) => new CsvPrinter(style),
};

export type Format = keyof typeof printers;
export const formats = Object.keys(printers) as Format[];

export interface StyleFlags {
  color: 'auto' | 'always' | 'never';
  timeFormat: TimeFormat;
  numeric?: boolean;
  ipTranslation?: boolean;
  printNodeName?: boolean;
  printPolicyNames?: boolean;
  debug?: boolean;
  fieldMask?: readonly string[];
}

export function printerFor(format: Format, flags: StyleFlags): Printer {
  const { fieldMask: paths } = flags;
  if (paths !== undefined && format !== 'json' && format !== 'jsonpb')
    throw new WrongUse(`--field-mask goes with JSON only, not with -o ${format}`);
  const style = {
    paint: (flags.color === 'auto' ? mayColour() : flags.color === 'always') ? coloured : uncoloured,
    time: flags.timeFormat,
    names: flags.numeric !== true && flags.ipTranslation !== false,
    nodeName: flags.printNodeName === true,
    policyNames: flags.printPolicyNames === true,
    debug: flags.debug === true,
  };
  return printers[format](style, paths && fieldMask(paths));
}
