import type { Endpoint, L7, Policies, Traits } from '../../domain/flow/flow.js';
import type { Json } from '../../domain/flow/json.js';
import { flowOf } from '../../domain/flow/recorded-flow.js';
import type { Sought } from '../../domain/flow/sought.js';
import type { HeldFlow } from '../queries.js';
import { parseHeld } from './damage.js';
import { Flag } from './segment-columns.js';
import type { Segment } from './segment.js';

/** One row read as a flow, as far as it is asked: what filters and tallies look at. */
export class SegmentRow implements HeldFlow {
  #recordRow = -1;
  #record = '';
  #jsonRow = -1;
  #json: Json = {};
  #l7Row = -1;
  #l7: L7 | undefined;

  constructor(
    private readonly segment: Segment,
    public row: number,
  ) {}

  get seq(): number {
    return this.segment.info.firstSeq + this.row;
  }

  get placedAtArrival(): boolean {
    return this.segment.has(this.row, Flag.placedAtArrival);
  }

  /** Composed once a row, as several criteria may ask for it. */
  get record(): string {
    if (this.#recordRow !== this.row) {
      this.#record = this.segment.record(this.row);
      this.#recordRow = this.row;
    }
    return this.#record;
  }

  get json(): Json {
    if (this.#jsonRow !== this.row) {
      this.#json = flowOf(parseHeld(this.record));
      this.#jsonRow = this.row;
    }
    return this.#json;
  }

  says(sought: Sought): boolean {
    return this.segment.parts.searchFor(sought).says(this.segment, this);
  }

  get time(): bigint {
    return this.segment.columns.time[this.row] ?? 0n;
  }

  get uuid(): string {
    return this.segment.uuid(this.row);
  }

  get source(): Endpoint {
    return this.segment.source(this.row);
  }

  get destination(): Endpoint {
    return this.segment.parts.endpoint(this.segment.columns.destination[this.row] ?? 0);
  }

  get traits(): Traits {
    return this.segment.template(this.row).traits;
  }

  get policies(): Policies {
    return this.segment.parts.policies(this.segment.columns.policies[this.row] ?? 0);
  }

  /** Made once a row: kept for all rows, they would be most of the memory. */
  get l7(): L7 | undefined {
    if (this.#l7Row !== this.row) {
      this.#l7 = this.segment.l7(this.row);
      this.#l7Row = this.row;
    }
    return this.#l7;
  }

  get canHaveL7(): boolean {
    return this.segment.canHaveL7(this.row);
  }

  /** Its message, as far as the kind of it tells. */
  get l7Kind(): L7 | undefined {
    return this.segment.l7Kind(this.row);
  }

  get l7Head(): L7 | undefined {
    return this.segment.l7Head(this.row);
  }

  get l7Path(): string | undefined {
    return this.segment.l7Path(this.row);
  }

  get l7Text(): string {
    return this.segment.l7Text(this.row);
  }

  get latency(): number {
    return this.segment.latency(this.row);
  }

  get isPaired(): boolean {
    return this.segment.isPaired(this.row);
  }

  get node(): string {
    return this.segment.node(this.row).node;
  }

  get nodeLabels(): readonly string[] {
    return this.segment.node(this.row).labels;
  }

  get sourcePort(): number {
    return this.segment.columns.sourcePort[this.row] ?? 0;
  }

  get destinationPort(): number {
    return this.segment.columns.destinationPort[this.row] ?? 0;
  }

  get weight(): number {
    return this.segment.columns.weight[this.row] ?? 1;
  }
}
