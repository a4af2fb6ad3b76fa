/**
 * What a printed code means, for ever. A pack outlives the season it was packed in, so a GTIN that was given to one product is never given to another
 * (GS1 GTIN Management Standard, 2.10), and a lot under a GTIN is never opened for another batch. A product may get another GTIN, from a day on; what
 * was printed under the old one is found by it as before.
 */
import { DomainError } from '../kernel/errors.js';
import { parseGtin } from './gtin.js';
import { parseLot } from './lot.js';

/** From `fromMs` on (milliseconds since 1970) the product is printed under this GTIN, until its next assignment. */
export interface GtinAssignment {
  /** 14 digits. */
  readonly gtin: string;
  readonly productId: string;
  readonly fromMs: number;
}

/** A lot under a GTIN as it was printed. */
export interface PrintedLot {
  /** 14 digits. */
  readonly gtin: string;
  readonly lot: string;
  readonly batchId: string;
}

/** The GTIN a product is printed under at a time, or null where it had none yet. Of two from the same moment, the one that was recorded later. */
export function gtinAt(history: readonly GtinAssignment[], productId: string, atMs: number): string | null {
  let current: GtinAssignment | null = null;
  for (const assignment of history) {
    if (assignment.productId !== productId || assignment.fromMs > atMs) continue;
    if (current === null || assignment.fromMs >= current.fromMs) current = assignment;
  }
  return current?.gtin ?? null;
}

/** The product a GTIN names, whenever it was printed; null where it was never given. */
export function productOf(history: readonly GtinAssignment[], gtin: string): string | null {
  return history.find((assignment) => assignment.gtin === gtin)?.productId ?? null;
}

/**
 * Whether the GTIN may be given so: the assignment with its GTIN in 14 digits. A product may return to a GTIN of its own. Throws CODE_REUSED where
 * another product ever had it, GS1_KEY_INVALID, CHECK_DIGIT_WRONG.
 */
export function assignGtin(history: readonly GtinAssignment[], next: GtinAssignment): GtinAssignment {
  const gtin = parseGtin(next.gtin);
  const owner = productOf(history, gtin);
  if (owner !== null && owner !== next.productId) throw new DomainError('CODE_REUSED', { gtin, productId: owner });
  return { ...next, gtin };
}

/**
 * Whether the batch may be printed under GTIN and lot: the lot with its GTIN in 14 digits. `printed` are the lots ever printed under this GTIN. Throws
 * CODE_REUSED where it names another batch, GS1_KEY_INVALID, CHECK_DIGIT_WRONG, LOT_INVALID.
 */
export function assignLot(printed: readonly PrintedLot[], next: PrintedLot): PrintedLot {
  const gtin = parseGtin(next.gtin);
  const lot = parseLot(next.lot);
  const taken = printed.find((one) => one.gtin === gtin && one.lot === lot);
  if (taken && taken.batchId !== next.batchId) throw new DomainError('CODE_REUSED', { gtin, lot, batchId: taken.batchId });
  return { ...next, gtin, lot };
}
