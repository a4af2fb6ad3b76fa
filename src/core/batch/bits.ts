/** A set of whole numbers, a bit each: for numbers that a sequence gave out, a hundred times smaller than a Set. */

export class Bits {
  private bytes = new Uint8Array(1_024);

  has(number: number): boolean {
    const at = number >>> 3;
    // Reading beyond the end is slow, and most numbers are there while nothing is in the set.
    return at < this.bytes.length && ((this.bytes[at] ?? 0) & (1 << (number & 7))) !== 0;
  }

  add(number: number): void {
    const at = number >>> 3;
    if (at >= this.bytes.length) {
      const grown = new Uint8Array(Math.max(at + 1, 2 * this.bytes.length));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes[at] = (this.bytes[at] ?? 0) | (1 << (number & 7));
  }

  get byteLength(): number {
    return this.bytes.length;
  }
}
