/** Lets so many through at a time, the others in the order in which they came: one connection's flood waits behind itself. */
export class Turnstile {
  private inside = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly insideMax: number) {}

  enter(proceed: () => void): void {
    if (this.inside < this.insideMax) {
      this.inside += 1;
      proceed();
    } else {
      this.waiting.push(proceed);
    }
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.inside -= 1;
  }
}
