/** An iterator whose next item can be looked at before it is taken. */
export class Ahead<T> {
  next: T | undefined;

  constructor(private readonly items: Iterator<T>) {
    this.step();
  }

  step(): void {
    const result = this.items.next();
    this.next = result.done === true ? undefined : result.value;
  }
}
