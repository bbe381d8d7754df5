/** Numbers for ports of protocols: as keys they are found faster than texts. */
export class PortNumbers {
  readonly #protocols = new Map<string, number>();

  of(protocol: string, port: number): number {
    let number = this.#protocols.get(protocol);
    if (number === undefined) this.#protocols.set(protocol, (number = this.#protocols.size));
    return number * 65_536 + port;
  }
}
