import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomTrades } from '../../../test/support/builders/random-trade.js';
import { naiveRest } from '../../../test/support/oracle/naive-income.js';
import { fraction, ONE, ZERO } from '../kernel/fraction.js';
import type { LineRefund, RefundableLine } from './refund.js';
import { refundedLine } from './refund.js';

const line: RefundableLine = { netMinor: 1_000n, chargedMinor: 1_200n, allocations: [{ holdingId: 'a', quantity: 100n }] };
const refund = (kind: LineRefund['kind'], amountMinor: bigint, back = 0n): LineRefund => ({
  kind,
  amountMinor,
  returned: back === 0n ? [] : [{ holdingId: 'a', quantity: back }],
});
const keptOf = (...refunds: LineRefund[]): [bigint, bigint, string] => {
  const rest = refundedLine(line, refunds);
  const promised = rest.promised[0]?.quantity ?? ZERO;
  return [rest.netMinor, rest.kept[0]?.quantity ?? 0n, `${String(promised.num)}/${String(promised.den)}`];
};

describe('what refunds leave of a line', () => {
  it('is all of it where there was none', () => {
    expect(refundedLine(line, [])).toEqual({
      fraction: ZERO,
      netMinor: 1_000n,
      kept: line.allocations,
      promised: [{ holdingId: 'a', quantity: fraction(100n) }],
    });
  });

  it('is nothing where it was cancelled before dispatch, whatever amount was named', () => {
    expect(refundedLine(line, [refund('CANCELLED', 0n)])).toEqual({ fraction: ONE, netMinor: 0n, kept: [], promised: [] });
  });

  it('is the goods that did not come back, and R less the part of the money that did', () => {
    expect(keptOf(refund('RETURNED', 600n, 50n))).toEqual([500n, 50n, '50/1']);
    expect(keptOf(refund('REFUND_ONLY', 300n))).toEqual([750n, 100n, '75/1']);
    expect(keptOf(refund('DESTROYED', 1_200n))).toEqual([0n, 100n, '0/1']);
    // A fee was kept for taking back.
    expect(keptOf(refund('RETURNED', 1_000n, 100n))).toEqual([167n, 0n, '0/1']);
    // Half came back, three quarters of the money: of the other half, half was refunded.
    expect(keptOf(refund('RETURNED', 600n, 50n), refund('REFUND_ONLY', 300n))).toEqual([250n, 50n, '25/1']);
  });

  it('is rounded once, of all refunds together, and not refund by refund', () => {
    const third: RefundableLine = { netMinor: 100n, chargedMinor: 300n, allocations: [] };
    expect(refundedLine(third, [refund('REFUND_ONLY', 1n), refund('REFUND_ONLY', 1n), refund('REFUND_ONLY', 1n)]).netMinor).toBe(99n);
  });

  it('of a free line is nothing once it was refunded', () => {
    expect(refundedLine({ ...line, netMinor: 0n, chargedMinor: 0n }, [refund('REFUND_ONLY', 0n)]).fraction).toEqual(ONE);
  });

  it('is never less than nothing: more money or goods than went out is refused', () => {
    const refused = expect.objectContaining({ code: 'REFUND_ABOVE_SALE' });
    expect(() => refundedLine(line, [refund('REFUND_ONLY', 1_201n)])).toThrow(refused);
    expect(() => refundedLine(line, [refund('REFUND_ONLY', 700n), refund('REFUND_ONLY', 501n)])).toThrow(refused);
    expect(() => refundedLine(line, [refund('REFUND_ONLY', -1n)])).toThrow(refused);
    expect(() => refundedLine(line, [refund('RETURNED', 0n, 60n), refund('RETURNED', 0n, 41n)])).toThrow(refused);
    expect(() => refundedLine(line, [{ kind: 'RETURNED', amountMinor: 0n, returned: [{ holdingId: 'b', quantity: 1n }] }])).toThrow(
      refused,
    );
    expect(() => refundedLine({ ...line, chargedMinor: 0n }, [refund('REFUND_ONLY', 1n)])).toThrow(refused);
  });

  it('is what the obvious computation gives, of any line', () => {
    fc.assert(
      fc.property(randomTrades(), ({ lines }) => {
        for (const each of lines) {
          const found = refundedLine(each, each.refunds);
          const expected = naiveRest(each);
          expect(found.netMinor).toBe(expected.netMinor);
          for (const { holdingId } of each.allocations) {
            expect(found.kept.find((one) => one.holdingId === holdingId)?.quantity ?? 0n).toBe(expected.kept.get(holdingId));
            expect(found.promised.find((one) => one.holdingId === holdingId)?.quantity ?? ZERO).toEqual(expected.paidFor.get(holdingId));
          }
        }
      }),
    );
  });
});
