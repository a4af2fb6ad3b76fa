import { Injectable } from '@nestjs/common';
import type { RunningTotal } from '../../core/income/accrual.js';
import { postPass } from '../../core/income/accrual.js';
import { SCALE } from '../../core/income/coefficient.js';
import { assert } from '../../core/kernel/assert.js';
import type { Instant } from '../../core/kernel/instant.js';
import { derivedUuid } from '../../core/kernel/ids.js';
import { attributionAccount, poolAccount, roundingAccount } from '../../core/ledger/account.js';
import { journal } from '../../core/ledger/journal.js';
import type { Tx } from '../../platform/database/tx.js';
import type { TotalKey } from './journal.repository.js';
import { JournalRepository } from './journal.repository.js';

/** What stands under no agreement: the nil UUID (RFC 9562, 5.9), for a key has no nulls. */
export const NO_AGREEMENT = '00000000-0000-0000-0000-000000000000';

export interface AttributionDelta {
  /** partyKey of the payee. */
  readonly payeeKey: string;
  readonly agreementId: string | null;
  /** What the pass adds, minor units × 10^18. */
  readonly deltaScaled: bigint;
}

export interface AttributionPosting {
  readonly passId: string;
  readonly sellerId: string;
  readonly currency: string;
  /** One at most a payee and agreement. */
  readonly deltas: readonly AttributionDelta[];
  /** What the pass divides: the change of Σ R of its lines. */
  readonly poolDeltaMinor: bigint;
  readonly cause: string;
  readonly at: Instant;
}

/** The attribution book: which payments stand against which net amounts. It explains and never pays. */
@Injectable()
export class LedgerService {
  constructor(private readonly journals: JournalRepository) {}

  /**
   * Adds the deltas to their running totals and posts the change of the rounded totals as one balanced journal, the seller's rounding
   * account taking the rest. Answers the journal's id, or null where no rounded total moved. Throws BrokenInvariant where the deltas do not
   * add up to the pool.
   */
  async postAttribution(tx: Tx, posting: AttributionPosting): Promise<string | null> {
    const { sellerId, currency, poolDeltaMinor } = posting;
    const deltas = posting.deltas.filter((delta) => delta.deltaScaled !== 0n);
    const sum = deltas.reduce((total, delta) => total + delta.deltaScaled, 0n);
    assert(sum === poolDeltaMinor * SCALE, 'What a pass gives to its payees adds up to what it divides.');
    if (deltas.length === 0) return null;
    const of = { book: 'ATTRIBUTION', sellerId, currency } as const;
    const keys = new Map<string, TotalKey>();
    for (const { payeeKey, agreementId } of deltas) {
      keys.set(attributionAccount(payeeKey, agreementId), { payee: payeeKey, agreementId: agreementId ?? NO_AGREEMENT });
    }
    const locked = await this.journals.lockTotals(tx, of, [...keys.values()]);
    const before = new Map<string, RunningTotal>(
      locked.map((total) => [attributionAccount(total.payee, total.agreementId === NO_AGREEMENT ? null : total.agreementId), total]),
    );
    const pass = postPass({
      totals: before,
      deltas: new Map(deltas.map((delta) => [attributionAccount(delta.payeeKey, delta.agreementId), delta.deltaScaled])),
      poolMinor: poolDeltaMinor,
      poolAccount: poolAccount(sellerId),
      roundingAccount: roundingAccount(sellerId),
    });
    await this.journals.saveTotals(
      tx,
      of,
      [...pass.totals].flatMap(([account, total]) => {
        const key = keys.get(account);
        return key ? [{ ...key, ...total }] : [];
      }),
    );
    if (pass.entries.length === 0) return null;
    const id = derivedUuid(posting.passId, 'journal');
    const booked = { id, book: 'ATTRIBUTION' as const, cause: posting.cause, journal: journal({ currency, entries: pass.entries }) };
    await this.journals.insert(tx, [booked], new Date(posting.at.epochMs));
    return id;
  }
}
