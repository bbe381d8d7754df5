import type { TimeFormat } from './time-format.js';

/** How records are printed, whatever the format. */
export interface Style {
  paint: Paint;
  time: TimeFormat;
  /** Names in the place of addresses. */
  names: boolean;
  nodeName: boolean;
  policyNames: boolean;
  /** Also nodes that come and go by themselves. */
  debug: boolean;
}

export interface Paint {
  port: (text: string) => string;
  host: (text: string) => string;
  identity: (text: string) => string;
  good: (text: string) => string;
  bad: (text: string) => string;
  notable: (text: string) => string;
}

const colour = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
const plain = (text: string) => text;
const RED = colour(31);
const GREEN = colour(32);
const YELLOW = colour(33);
const MAGENTA = colour(35);
const CYAN = colour(36);

/** Hubble's colours. */
export const coloured: Paint = {
  port: YELLOW,
  host: CYAN,
  identity: MAGENTA,
  good: GREEN,
  bad: RED,
  notable: YELLOW,
};

export const uncoloured: Paint = {
  port: plain,
  host: plain,
  identity: plain,
  good: plain,
  bad: plain,
  notable: plain,
};
