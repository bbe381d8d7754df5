/** Where and when news of the ledger are posted. */
export interface DigestSettings {
  webhook: string | undefined;
  /** Milliseconds. */
  every: number;
}
