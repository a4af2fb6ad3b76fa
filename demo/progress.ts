/** Tells on the terminal what happens, with the seconds since the beginning. */
export class Progress {
  private readonly startedAt = performance.now();

  constructor(private readonly write: (text: string) => void) {}

  step(sentence: string): void {
    const seconds = ((performance.now() - this.startedAt) / 1_000).toFixed(1);
    this.write(`[${seconds.padStart(5)} s] ${sentence}\n`);
  }

  say(...lines: readonly string[]): void {
    this.write(`${lines.join('\n')}\n`);
  }
}
