import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fraction } from '../kernel/fraction.js';
import type { Payment, PaymentStatus } from '../ledger/payment.js';
import { countedMinor, payableMinor, reachedMinor } from '../ledger/payment.js';
import { Translation } from './exchange.js';

const rate = (from: string, to: string, num: bigint, den = 1n): { from: string; to: string; rate: ReturnType<typeof fraction> } => ({
  from,
  to,
  rate: fraction(num, den),
});
const payment = (more: Partial<Payment> = {}): Payment => ({
  id: 'p',
  stepId: 's',
  kind: 'PURCHASE',
  payer: { kind: 'ORGANISATION', id: 'coop' },
  payee: { kind: 'HOUSEHOLD', id: 'h' },
  amountMinor: 655_957n,
  currency: 'XOF',
  status: 'PAID',
  admittedMinor: null,
  paidOn: null,
  causeOn: '2026-10-01',
  ...more,
});

describe('an amount of another currency', () => {
  it('is translated between minor units of different size: francs have no cents, dinars have a thousand fils', () => {
    const euro = new Translation('EUR', [rate('XOF', 'EUR', 1_000n, 655_957n), rate('KWD', 'EUR', 3n)]);
    expect(euro.minor(655_957n, 'XOF')).toBe(100_000n);
    expect(euro.minor(1_000n, 'KWD')).toBe(300n);
    expect(euro.minor(7n, 'EUR')).toBe(7n);
    const yen = new Translation('JPY', [rate('CNY', 'JPY', 21n)]);
    expect(yen.minor(100n, 'CNY')).toBe(21n);
    expect(yen.minor(50n, 'CNY')).toBe(10n);
  });

  it('waits where no rate is kept, and a rate the other way round is none', () => {
    const none = new Translation('EUR', [rate('EUR', 'XOF', 656n)]);
    expect(none.knows('XOF')).toBe(false);
    expect(() => none.minor(1n, 'XOF')).toThrow(expect.objectContaining({ code: 'RATE_MISSING', retryable: true }));
  });

  it('counts on both sides alike: what has reached and what is owed are still the whole', () => {
    const translation = new Translation('CNY', [rate('XOF', 'CNY', 118n, 10_000n)]);
    const any = fc.record({
      amountMinor: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      part: fc.bigInt({ min: 1n, max: 9n }),
      status: fc.constantFrom<PaymentStatus[]>('PAYABLE', 'HANDED_OVER', 'PAID', 'DISPUTED', 'REVERSED'),
    });
    fc.assert(
      fc.property(any, ({ amountMinor, part, status }) => {
        const there = payment({ amountMinor, status, admittedMinor: amountMinor / part, offsetMinor: amountMinor / part });
        const here = translation.payment(there);
        expect(here.currency).toBe('CNY');
        expect(reachedMinor(here) + payableMinor(here)).toBe(countedMinor(here));
        if (status === 'PAID') expect(countedMinor(here)).toBe(translation.minor(amountMinor, 'XOF'));
        expect(payableMinor(here)).toBeGreaterThanOrEqual(0n);
      }),
    );
  });
});
