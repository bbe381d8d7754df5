const START = Date.UTC(2026, 5, 1) / 1000;

/** Keeps the clock of the capture, and puts lines together from ready-made pieces of JSON. */
export class Recorder {
  #dice;
  #say;
  #most;
  /** Longest time between two flows, in nanoseconds; on average it is half as long. */
  #pause;
  #now = 0;
  #samePacket = false;
  #text = '';
  #seconds = new Map();
  flows = 0;

  /** `most` flows are written, `rate` of them a second of the cluster's time, each line as `say` tells it. */
  constructor(dice, { most, rate, say }) {
    this.#dice = dice;
    this.#say = say;
    this.#most = most;
    this.#pause = (2 * 1e9) / rate;
  }

  get length() {
    return this.#text.length;
  }

  /** Everything since it was last taken; only ASCII. */
  take() {
    const text = this.#text;
    this.#text = '';
    return text;
  }

  /** All lines that `tell` writes are of one packet. */
  onePacket(tell) {
    const [first, ...others] = tell;
    first();
    this.#samePacket = true;
    for (const other of others) other();
    this.#samePacket = false;
  }

  /**
   * A flow. `head` is what stands between verdict and IP, `tail` all that follows the labels of the node,
   * both with a leading comma; `ip`, `l4` and the endpoints are JSON.
   */
  flow(node, { verdict, head = '', ip, l4, tunnel, source, destination, type, tail }) {
    if (this.flows === this.#most) return;
    this.flows++;
    const dice = this.#dice;
    this.#now += this.#samePacket ? 3000 + dice.below(9000) : dice.below(this.#pause);
    // Events of several nodes and rings do not come in the order in which they happened.
    const late = dice.happens(0.05) ? dice.below(30_000_000) : 0;
    const time = this.#timestamp(Math.max(0, this.#now - late));
    const outer = tunnel === undefined ? '' : `,"tunnel":${tunnel}`;
    this.#line(
      `{"flow":{"time":"${time}","uuid":"${dice.uuid()}","emitter":{"name":"Hubble","version":"1.19.4+g3f1c9a7e"},"verdict":"${verdict}"${head},"IP":${ip},"l4":${l4}${outer},"source":${source},"destination":${destination},"Type":"${type}",${node.told}${tail}${node.envelope}${time}"}`,
    );
  }

  lostEvents(node) {
    const lost = 1 + this.#dice.below(900);
    this.#line(
      `{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"${lost}"${node.envelope}${this.#timestamp(this.#now)}"}`,
    );
  }

  #line(text) {
    this.#text += `${this.#say(text)}\n`;
  }

  /** RFC 3339 as protojson writes it: with 0, 3, 6 or 9 digits after the point. */
  #timestamp(nanos) {
    const second = Math.floor(nanos / 1e9);
    let text = this.#seconds.get(second);
    if (text === undefined) {
      if (this.#seconds.size > 100) this.#seconds.clear();
      text = new Date((START + second) * 1000).toISOString().slice(0, 20);
      this.#seconds.set(second, text);
    }
    const digits = String(1e9 + nanos - second * 1e9)
      .slice(1)
      .replace(/(000)+$/, '');
    return digits === '' ? `${text.slice(0, -1)}Z` : `${text}${digits}Z`;
  }
}
