/**
 * JSON (RFC 8259) read without losing digits. JSON.parse turns every number into a float: 33.70 comes back as 33.7, and an order id such as
 * 820982911946154508 as another order's. RFC 8259, 6 leaves the precision to the reader; here a number keeps its text. Input is hostile:
 * depth, count of values and length of numbers are limited, and objects have no prototype, so that "__proto__" is a key like any other.
 */
import { DECIMAL_DIGITS_MAX } from './decimal.js';
import { DomainError } from './errors.js';

export type ExactJson = null | boolean | string | ExactNumber | ExactArray | ExactObject;
export type ExactArray = readonly ExactJson[];
/** An object without prototype: every key read from it was sent. The last of equal keys wins, as with JSON.parse. */
export interface ExactObject {
  readonly [key: string]: ExactJson | undefined;
}

export interface ExactJsonLimits {
  readonly depthMax?: number;
  readonly valuesMax?: number;
}

export const EXACT_JSON_DEPTH_MAX = 64;
export const EXACT_JSON_VALUES_MAX = 200_000;
const NUMBER_LENGTH_MAX = 128;

/** A JSON number as it was written. */
export class ExactNumber {
  constructor(readonly text: string) {}

  /** "33.70", "1e2" → "100", "-0" → "0"; null where it has more than DECIMAL_DIGITS_MAX digits. Digits behind the point are kept. */
  decimal(): string | null {
    return plainDecimal(this.text);
  }

  /** The whole number, or null where it is none ("1.5"), or too long. */
  integer(): bigint | null {
    const plain = this.decimal();
    return plain !== null && !plain.includes('.') ? BigInt(plain) : null;
  }

  toString(): string {
    return this.text;
  }

  /** A string, because a reader of JSON could lose the digits again. */
  toJSON(): string {
    return this.text;
  }
}

/** Reads one JSON text. Throws BAD_INPUT with `reason` (SYNTAX, TOO_DEEP, TOO_MANY_VALUES) and `at`, the offset in UTF-16 units. */
export function parseExactJson(text: string, limits: ExactJsonLimits = {}): ExactJson {
  return new Reader(text, limits.depthMax ?? EXACT_JSON_DEPTH_MAX, limits.valuesMax ?? EXACT_JSON_VALUES_MAX).document();
}

export function isExactObject(value: ExactJson | undefined): value is ExactObject {
  return typeof value === 'object' && value !== null && !(value instanceof ExactNumber) && !Array.isArray(value);
}

export function isExactArray(value: ExactJson | undefined): value is ExactArray {
  return Array.isArray(value);
}

/** What stands at a path of keys and indexes: `exactAt(order, 'line_items', 0, 'sku')`. undefined where nothing does. */
export function exactAt(value: ExactJson | undefined, ...path: readonly (string | number)[]): ExactJson | undefined {
  let found = value;
  for (const step of path) {
    if (typeof step === 'number') found = isExactArray(found) ? found[step] : undefined;
    else found = isExactObject(found) ? found[step] : undefined;
  }
  return found;
}

/**
 * A number's text without exponent and plus sign: "+1.50e1" → "15.0", "007" → "7". null where the text is no number, or has more than
 * DECIMAL_DIGITS_MAX digits when written out.
 */
export function plainDecimal(text: string): string | null {
  const match = text.length <= NUMBER_LENGTH_MAX ? LOOSE_NUMBER.exec(text) : null;
  if (!match) return null;
  let whole = match[2] ?? '';
  let rest = match[3] ?? '';
  const exponent = Number(match[4] ?? '0');
  if (Math.abs(exponent) > DECIMAL_DIGITS_MAX) return null;
  if (exponent > 0) {
    const moved = rest.slice(0, exponent).padEnd(exponent, '0');
    rest = rest.slice(exponent);
    whole += moved;
  } else if (exponent < 0) {
    const padded = whole.padStart(-exponent, '0');
    rest = padded.slice(padded.length + exponent) + rest;
    whole = padded.slice(0, padded.length + exponent);
  }
  whole = whole.replace(/^0+(?=\d)/, '') || '0';
  if (whole.length + rest.length > DECIMAL_DIGITS_MAX) return null;
  const plain = rest === '' ? whole : `${whole}.${rest}`;
  return match[1] === '-' && /[1-9]/.test(plain) ? `-${plain}` : plain;
}

const LOOSE_NUMBER = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,9}))?$/;
const JSON_NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN_CHARACTERS = /[^"\\\u0000-\u001f]*/y;
const WHITESPACE = /[ \t\n\r]*/y;
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const FOUR_HEX = /^[0-9a-fA-F]{4}$/;

/** Recursive descent; the depth limit keeps the recursion shallow. */
class Reader {
  private position = 0;
  private values = 0;

  constructor(
    private readonly text: string,
    private readonly depthMax: number,
    private readonly valuesMax: number,
  ) {}

  document(): ExactJson {
    const value = this.value(0);
    this.skipWhitespace();
    if (this.position !== this.text.length) throw this.rejection('SYNTAX');
    return value;
  }

  private value(depth: number): ExactJson {
    if (depth > this.depthMax) throw this.rejection('TOO_DEEP');
    this.values += 1;
    if (this.values > this.valuesMax) throw this.rejection('TOO_MANY_VALUES');
    this.skipWhitespace();
    switch (this.text.charAt(this.position)) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.literal('true', true);
      case 'f':
        return this.literal('false', false);
      case 'n':
        return this.literal('null', null);
      default:
        return new ExactNumber(this.match(JSON_NUMBER));
    }
  }

  private object(depth: number): ExactObject {
    const object = Object.create(null) as Record<string, ExactJson>;
    this.position += 1;
    if (this.accept('}')) return object;
    do {
      this.skipWhitespace();
      if (this.text[this.position] !== '"') throw this.rejection('SYNTAX');
      const key = this.string();
      this.expect(':');
      object[key] = this.value(depth + 1);
    } while (this.accept(','));
    this.expect('}');
    return object;
  }

  private array(depth: number): ExactArray {
    const array: ExactJson[] = [];
    this.position += 1;
    if (this.accept(']')) return array;
    do array.push(this.value(depth + 1));
    while (this.accept(','));
    this.expect(']');
    return array;
  }

  private string(): string {
    this.position += 1;
    let read = this.run(PLAIN_CHARACTERS);
    while (this.text[this.position] === '\\') read += this.escape() + this.run(PLAIN_CHARACTERS);
    // What stopped the run is the closing quote, a bare control character (refused by RFC 8259, 7) or the end.
    if (this.text[this.position] !== '"') throw this.rejection('SYNTAX');
    this.position += 1;
    return read;
  }

  private escape(): string {
    const letter = this.text[this.position + 1] ?? '';
    if (letter === 'u') {
      const hex = this.text.slice(this.position + 2, this.position + 6);
      if (!FOUR_HEX.test(hex)) throw this.rejection('SYNTAX');
      this.position += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const character = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (character === undefined) throw this.rejection('SYNTAX');
    this.position += 2;
    return character;
  }

  private literal<T extends ExactJson>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.position)) throw this.rejection('SYNTAX');
    this.position += word.length;
    return value;
  }

  private match(pattern: RegExp): string {
    const found = this.run(pattern);
    if (found === '') throw this.rejection('SYNTAX');
    return found;
  }

  private run(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    if (!pattern.test(this.text)) return '';
    const found = this.text.slice(this.position, pattern.lastIndex);
    this.position = pattern.lastIndex;
    return found;
  }

  private skipWhitespace(): void {
    // Compact JSON is the rule: one look instead of a match.
    if (this.text.charCodeAt(this.position) <= 0x20) this.run(WHITESPACE);
  }

  private accept(character: string): boolean {
    this.skipWhitespace();
    if (this.text[this.position] !== character) return false;
    this.position += 1;
    return true;
  }

  private expect(character: string): void {
    if (!this.accept(character)) throw this.rejection('SYNTAX');
  }

  private rejection(reason: 'SYNTAX' | 'TOO_DEEP' | 'TOO_MANY_VALUES'): DomainError {
    return new DomainError('BAD_INPUT', { expected: 'JSON', reason, at: this.position });
  }
}
