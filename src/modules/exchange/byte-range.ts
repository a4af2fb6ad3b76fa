import { DomainError } from '../../core/kernel/errors.js';

export interface ByteRange {
  readonly from: bigint;
  /** Without this one. */
  readonly to: bigint;
}

/** The one range of a Range header (RFC 9110, 14.1.2); null for all, also where a form is asked for that is not known. Throws RANGE_WRONG. */
export function byteRange(header: string | undefined, bytes: bigint): ByteRange | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return null;
  const range =
    first === ''
      ? { from: bytes > BigInt(last) ? bytes - BigInt(last) : 0n, to: bytes }
      : { from: BigInt(first), to: last === '' || BigInt(last) >= bytes ? bytes : BigInt(last) + 1n };
  if (range.from >= range.to) throw new DomainError('RANGE_WRONG', { bytes: bytes.toString() });
  return range;
}
