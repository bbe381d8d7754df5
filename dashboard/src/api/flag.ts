/** One flag of `hubble observe`, without the dashes, and its value: also a REST parameter. */
export type Flag = readonly [name: string, value: string];
