import { RESET, SYN, type NumberedRows } from './numbered-rows.js';
import type { SegmentColumns } from './segment-columns.js';
import { Sums, type Sum } from './sums.js';
import type { WindowParts } from './window-parts.js';

/** How an endpoint was met. */
const BY_SOCKET = 1;
const BY_PACKET = 2;

/** Rows added up by ends, kind and ports, and the endpoints that they had; by numbers of `WindowParts`. */
export class RowSums {
  readonly sums = new Sums();
  /** By number of endpoint. */
  #met = new Uint8Array(0);

  constructor(readonly parts: WindowParts) {}

  add(rows: NumberedRows, { time, weight, paired }: SegmentColumns, picked: Uint32Array): void {
    const { source, destination, kind, ports, signs, bucket } = rows;
    const { kinds, endOf, size } = this.parts;
    const met = this.#makeRoom(size);
    const key = new Int32Array(5);
    for (let i = 0; i < picked.length; i++) {
      const row = picked[i] ?? 0;
      const [from, to, told] = [source[row] ?? 0, destination[row] ?? 0, kind[row] ?? 0];
      const how = kinds[told]?.isSocket ? BY_SOCKET : BY_PACKET;
      met[from] = (met[from] ?? 0) | how;
      met[to] = (met[to] ?? 0) | how;
      key[1] = endOf[from] ?? 0;
      key[2] = endOf[to] ?? 0;
      key[3] = told;
      key[4] = ports[row] ?? 0;
      const flows = weight[row] ?? 1;
      const sum = this.sums.add(key, flows, time[row] ?? 0n);
      const sign = signs[row] ?? 0;
      if (sign > 0) this.sums.addSigns(sum, (sign & SYN) > 0 ? flows : 0, (sign & RESET) > 0 ? flows : 0);
      const latency = bucket[row] ?? 0;
      if (latency > 0) this.sums.addLatency(sum, latency, (paired[row] ?? 0) > 0);
    }
  }

  /** By numbers of endpoints and of a kind. */
  addSum(from: number, to: number, kind: number, ports: number, sum: Omit<Sum, 'key'>): void {
    const { kinds, endOf, size } = this.parts;
    const met = this.#makeRoom(size);
    const how = kinds[kind]?.isSocket ? BY_SOCKET : BY_PACKET;
    met[from] = (met[from] ?? 0) | how;
    met[to] = (met[to] ?? 0) | how;
    this.sums.merge({ key: Int32Array.of(0, endOf[from] ?? 0, endOf[to] ?? 0, kind, ports), ...sum });
  }

  merge(other: RowSums): void {
    this.sums.mergeAll(other.sums);
    const met = this.#makeRoom(other.#met.length);
    for (let number = 0; number < other.#met.length; number++) {
      met[number] = (met[number] ?? 0) | (other.#met[number] ?? 0);
    }
  }

  /** Whether any record had this endpoint. */
  hasMet(number: number): boolean {
    return (this.#met[number] ?? 0) > 0;
  }

  /** Numbers of the endpoints that some record but a socket's had. */
  metByPackets(): number[] {
    const numbers: number[] = [];
    const met = this.#met;
    for (let number = 0; number < met.length; number++) {
      if (((met[number] ?? 0) & BY_PACKET) !== 0) numbers.push(number);
    }
    return numbers;
  }

  #makeRoom(endpoints: number): Uint8Array {
    if (this.#met.length < endpoints) {
      const met = new Uint8Array(endpoints);
      met.set(this.#met);
      this.#met = met;
    }
    return this.#met;
  }
}
