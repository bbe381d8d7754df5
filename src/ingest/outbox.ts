/** Bytes that go to the writing thread at once: enough that the message itself costs nothing, some 250 records. */
const PARCEL = 512 << 10;
/** Parcels under way of one upload, before its sender has to wait. */
const MOST_UNREAD = 4;
/** Empty parcels kept for whoever sends next. */
const MOST_SPARE = 8;

/** Parcels that came back empty: to get memory for new ones costs more than to fill them. */
export class SpareParcels {
  readonly #spare: ArrayBuffer[] = [];

  take(): ArrayBuffer {
    return this.#spare.pop() ?? new ArrayBuffer(PARCEL);
  }

  giveBack(parcel: ArrayBuffer): void {
    if (this.#spare.length < MOST_SPARE) this.#spare.push(parcel);
  }
}

/**
 * The bytes of one upload on their way to the writing thread. They are gathered in parcels which the
 * thread gets without a copy and sends back. What comes while nothing is under way goes at once, what
 * comes faster waits until its parcel is full or the one before it was read.
 */
export class Outbox {
  #parcel: ArrayBuffer | undefined;
  #filled = 0;
  #unread = 0;
  #waiting: (() => void)[] = [];

  constructor(
    private readonly spare: SpareParcels,
    private readonly send: (parcel: ArrayBuffer, length: number) => void,
  ) {}

  /** Takes a copy of the bytes; resolves when more may be sent. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length;) from += this.#fill(bytes.subarray(from));
    if (this.#unread === 0) this.flush();
    if (this.#unread >= MOST_UNREAD) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #fill(bytes: Uint8Array): number {
    this.#parcel ??= this.spare.take();
    const part = bytes.subarray(0, PARCEL - this.#filled);
    new Uint8Array(this.#parcel, this.#filled).set(part);
    this.#filled += part.length;
    if (this.#filled === PARCEL) this.flush();
    return part.length;
  }

  /** Sends what was gathered: something else is to follow it. */
  flush(): void {
    const parcel = this.#parcel;
    if (parcel === undefined) return;
    this.#unread++;
    this.send(parcel, this.#filled);
    this.#parcel = undefined;
    this.#filled = 0;
  }

  /** The thread has read a parcel, which comes back. */
  read(parcel: ArrayBuffer): void {
    this.spare.giveBack(parcel);
    this.#unread--;
    if (this.#unread === 0) this.flush();
    if (this.#unread < MOST_UNREAD) this.#waiting.shift()?.();
  }

  /** Nothing more will be read: whoever waits goes on. */
  close(): void {
    for (const go of this.#waiting) go();
    this.#waiting = [];
  }
}
