/**
 * UUIDs as small whole numbers, in the order in which they were first seen, and back: what the graph in typed arrays (adjacency.ts) calls its batches. Kept
 * as 16 bytes each in one array, found by an open hash table over it: a million take 24 MB, where a Map of texts takes five times as much. The bits of a
 * UUID are its hash; version 7 begins with the time, so the random ones at the end are used.
 */
import { assert } from '../kernel/assert.js';

const WORDS = 4;

export class UuidNumbers {
  private words = new Int32Array(WORDS * 1_024);
  /** Number + 1, or 0 for a free place; a power of two long, at most half full. */
  private places = new Int32Array(2_048);
  private length = 0;
  private readonly wanted = new Int32Array(WORDS);

  get size(): number {
    return this.length;
  }

  get byteLength(): number {
    return this.words.byteLength + this.places.byteLength;
  }

  /** The number of a lower-case UUID, which is given one where it has none. */
  numberOf(uuid: string): number {
    const place = this.placeOf(uuid);
    const found = this.places[place] ?? 0;
    if (found !== 0) return found - 1;
    if (WORDS * (this.length + 1) > this.words.length) {
      const larger = new Int32Array(2 * this.words.length);
      larger.set(this.words);
      this.words = larger;
    }
    this.words.set(this.wanted, WORDS * this.length);
    this.length += 1;
    this.places[place] = this.length;
    if (2 * this.length > this.places.length) this.spread();
    return this.length - 1;
  }

  /** The number of a lower-case UUID, or null where it has none. */
  find(uuid: string): number | null {
    const found = this.places[this.placeOf(uuid)] ?? 0;
    return found === 0 ? null : found - 1;
  }

  /** The UUID of a number that was given. */
  uuidOf(number: number): string {
    assert(number >= 0 && number < this.length, 'Only numbers that were given have a UUID.');
    let hex = '';
    for (let i = 0; i < WORDS; i += 1) hex += ((this.words[WORDS * number + i] ?? 0) >>> 0).toString(16).padStart(8, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** Where the UUID stands in the table, or would; its words are in `wanted` then. */
  private placeOf(uuid: string): number {
    assert(uuid.length === 36, 'A UUID has 36 characters.');
    this.wanted[0] = hexWord(uuid, 0, 8);
    this.wanted[1] = (hexWord(uuid, 9, 4) << 16) | hexWord(uuid, 14, 4);
    this.wanted[2] = (hexWord(uuid, 19, 4) << 16) | hexWord(uuid, 24, 4);
    this.wanted[3] = hexWord(uuid, 28, 8);
    const mask = this.places.length - 1;
    let place = hashOf(this.wanted, 0) & mask;
    for (let found = this.places[place] ?? 0; found !== 0 && !this.isWanted(found - 1); found = this.places[place] ?? 0)
      place = (place + 1) & mask;
    return place;
  }

  private isWanted(number: number): boolean {
    for (let i = 0; i < WORDS; i += 1) if (this.words[WORDS * number + i] !== this.wanted[i]) return false;
    return true;
  }

  private spread(): void {
    const places = new Int32Array(2 * this.places.length);
    const mask = places.length - 1;
    for (let number = 0; number < this.length; number += 1) {
      let place = hashOf(this.words, WORDS * number) & mask;
      while (places[place] !== 0) place = (place + 1) & mask;
      places[place] = number + 1;
    }
    this.places = places;
  }
}

/** All bits count, so that ids which a program made up one after the other do not crowd together. */
function hashOf(words: Int32Array, at: number): number {
  let hash = 0;
  for (let i = 0; i < WORDS; i += 1) hash = Math.imul(hash ^ (words[at + i] ?? 0), 0x9e3779b1) ^ (hash >>> 15);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Lower-case hexadecimal digits of a text as bits of 32. */
function hexWord(text: string, at: number, digits: number): number {
  let word = 0;
  for (let i = at; i < at + digits; i += 1) {
    const code = text.charCodeAt(i);
    word = (word << 4) | (code < 58 ? code - 48 : code - 87);
  }
  return word;
}
