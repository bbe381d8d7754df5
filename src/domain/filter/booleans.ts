import { Refusal, shown, type Criterion } from './criterion.js';

/** `--encrypted`, `--unencrypted`: by the datapath; a record that does not say counts as unencrypted. */
export const encrypted: Criterion<boolean> = {
  field: 'encrypted',
  flags: [
    {
      name: 'encrypted',
      describe: 'encrypted on its way, as the datapath told',
      isSwitch: true,
      value: readSwitch,
    },
    {
      name: 'unencrypted',
      describe: 'not encrypted on its way, or not known to be',
      isSwitch: true,
      value: (word) => !readSwitch(word),
    },
  ],
  read: readBoolean,
  test(wanted) {
    return ({ traits }) => wanted.includes(traits.encrypted);
  },
};

/** A reply, where Hubble knows; a drop of which it does not know counts as no reply, as in Hubble. */
export const reply: Criterion<boolean> = {
  field: 'reply',
  flags: [
    { name: 'reply', describe: 'true for replies, false for what is known to be none', value: readWord },
  ],
  read: readBoolean,
  test(wanted) {
    return ({ traits }) => {
      const isReply = traits.isReply ?? (traits.verdict === 'DROPPED' ? false : undefined);
      return isReply !== undefined && wanted.includes(isReply);
    };
  },
};

function readBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new Refusal(`${shown(value)} is neither true nor false`);
}

function readWord(word: string): boolean {
  if (word === 'true' || word === 'false') return word === 'true';
  throw new Refusal(`${shown(word)} is neither true nor false`);
}

function readSwitch(word: string): boolean {
  return word === '' || readWord(word);
}
