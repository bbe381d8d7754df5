/** One way in which Cilium can lose a packet, told for the person who has to do something about it. */
export interface DropReason {
  /** Number in `drop_reason` and in the sub type of drop events; 0 where Hubble gives none. */
  number: number;
  /** Enum name as in JSON (`drop_reason_desc`), e.g. POLICY_DENIED. */
  name: string;
  /** What Hubble's CLI prints, e.g. "Policy denied". */
  text: string;
  /** What happened, in one or two plain sentences. */
  words: string;
  /** One concrete thing to look at or to run. */
  nextStep: string;
  /** No cause for alarm: the packet was handled, or the drop is how Cilium works. */
  harmless: boolean;
  /** A network policy decided it at L3 or L4. */
  policy: boolean;
}

/** A row of the table as it is written down; the two flags follow from the number. */
export type DropReasonRow = Omit<DropReason, 'harmless' | 'policy'>;
