import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cardKey, cardOfProof, cardProof, codeHash, isCardProof, newCode, readCounterfoil, slipNumber } from './confirmation.js';

const CARD = '8a4f2f0e-5d3c-8d10-9f00-0123456789ab';
const payment = { id: 'p', amountMinor: 40_000n, currency: 'CNY' };

describe('a one-time code', () => {
  it('has six digits, and is kept bound to its payment', () => {
    expect(newCode(Uint8Array.of(0, 0, 0, 0, 0, 7))).toBe('000007');
    expect(newCode(Uint8Array.of(255, 255, 255, 255, 255, 255))).toMatch(/^\d{6}$/);
    const key = Uint8Array.of(1);
    expect(codeHash(key, 'p', '123 456')).toBe(codeHash(key, 'p', '123456'));
    expect(codeHash(key, 'q', '123456')).not.toBe(codeHash(key, 'p', '123456'));
  });
});

describe('a card', () => {
  it('proves its PIN for one payment and no other', () => {
    const key = cardKey('secret of the card', '4711');
    const proof = cardProof(CARD, key, payment);
    expect(cardOfProof(proof)).toBe(CARD);
    expect(isCardProof(proof, CARD, key, payment)).toBe(true);
    expect(isCardProof(proof.toUpperCase(), CARD, key, payment)).toBe(true);
    expect(isCardProof(proof, CARD, key, { ...payment, amountMinor: 40_001n })).toBe(false);
    expect(isCardProof(proof, CARD, cardKey('secret of the card', '4712'), payment)).toBe(false);
  });

  it('is told apart from anything else', () => {
    expect(() => cardOfProof('4711')).toThrow(expect.objectContaining({ code: 'CONFIRMATION_WRONG' }));
    expect(() => cardKey('secret', '12')).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });
});

describe('the number of a slip', () => {
  it('tells one wrong digit, and two that changed places', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 9_999_999_999n }), fc.nat(11), fc.integer({ min: 1, max: 9 }), (serial, place, by) => {
        const number = slipNumber(serial);
        expect(readCounterfoil(` ${number} `)).toBe(number);
        const digits = [...number];
        digits[place] = String((Number(digits[place]) + by) % 10);
        expect(() => readCounterfoil(digits.join(''))).toThrow(expect.objectContaining({ code: 'CONFIRMATION_WRONG' }));
        const [a, b] = [number[place % 11] ?? '', number[(place % 11) + 1] ?? ''];
        if (a === b) return;
        const swapped = [...number];
        [swapped[place % 11], swapped[(place % 11) + 1]] = [b, a];
        expect(() => readCounterfoil(swapped.join(''))).toThrow();
      }),
    );
  });

  it('may be that of a book that was bought', () => {
    expect(readCounterfoil('A-2026/0147')).toBe('A-2026/0147');
    for (const text of ['', 'no number', '№ 7', 'x'.repeat(33)]) {
      expect(() => readCounterfoil(text)).toThrow(expect.objectContaining({ code: 'CONFIRMATION_WRONG' }));
    }
  });
});
