/** A decoder that is fed in small steps, so that little of a bomb is ever in memory. */
export interface Steps {
  /** Most bytes of a step. */
  readonly stepBytes: number;
  /** Hands what it decodes to `take`, also what came before a fault; rejects with the fault. */
  decode(bytes: Buffer, take: (bytes: Buffer) => void): Promise<void>;
  /** The source has ended. */
  end(take: (bytes: Buffer) => void): Promise<void>;
  close(): void;
}

/** With how it is known, as far as the decoder tells that. */
export class DamagedBody extends Error {
  constructor(how: string) {
    super(`the compressed body is damaged or cut off (${how})`);
  }
}
