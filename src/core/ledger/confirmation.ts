/**
 * The payee's own word that money has arrived (income.md, 1: CONFIRMED), in four ways, because no one of them reaches everybody: a one-time code
 * sent to the household's phone; a card with a PIN, which works where there is no network; a signed slip with its counterfoil's number; a witness.
 * How it was confirmed is kept and shown with every figure: a code is more than a witness whom the payer brought.
 *
 * The card carries a secret of its own. Whoever confirms offline proves that card and PIN were there, for this payment and no other:
 * HMAC-SHA-256(key, "payment id|minor units|currency"), where key = HMAC-SHA-256(secret, PIN) (RFC 2104). The platform keeps the key only.
 */
import { DomainError } from '../kernel/errors.js';
import { parseUuid } from '../kernel/ids.js';
import { equalInConstantTime, hmacSha256Hex } from '../kernel/sha256.js';

export const CONFIRMATION_METHODS = ['CODE', 'CARD', 'SLIP', 'WITNESS'] as const;
export type ConfirmationMethod = (typeof CONFIRMATION_METHODS)[number];

export const CODE_DIGITS = 6;
/** A household may be days from the next network. */
export const CODE_VALID_MS = 72 * 3_600_000;
/** Of one code, and of one card in a row: then it is dead. A guess succeeds once in 200,000. */
export const ATTEMPTS_MAX = 5;
export const PIN = /^\d{4,8}$/;
/** Counterfoils of bought books have prefixes and dashes. */
const COUNTERFOIL = /^[0-9A-Za-z][0-9A-Za-z/-]{0,31}$/;
const SLIP_DIGITS = 10;

export interface ConfirmablePayment {
  readonly id: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** `random`: six bytes at least of a good source; the code's digits are as good. */
export function newCode(random: Uint8Array): string {
  const number = random.slice(0, 6).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return (number % 10n ** BigInt(CODE_DIGITS)).toString().padStart(CODE_DIGITS, '0');
}

/** How a code is kept: bound to its payment, so that nothing is won by knowing it for another. */
export function codeHash(key: Uint8Array, paymentId: string, code: string): string {
  return hmacSha256Hex(key, `${paymentId}|${code.replace(/\s/g, '')}`);
}

/** Throws BAD_INPUT unless the PIN is 4 to 8 digits. */
export function cardKey(secret: string, pin: string): string {
  if (!PIN.test(pin)) throw new DomainError('BAD_INPUT', { expected: 'a PIN of 4 to 8 digits' }, ['pin']);
  return hmacSha256Hex(secret, pin);
}

/** What a phone computes from card and PIN: "{card id}:{proof}". */
export function cardProof(cardId: string, key: string, payment: ConfirmablePayment): string {
  return `${cardId}:${hmacSha256Hex(key, `${payment.id}|${payment.amountMinor}|${payment.currency}`)}`;
}

/** Which card a proof is of. Throws CONFIRMATION_WRONG. */
export function cardOfProof(proof: string): string {
  const [cardId = '', mac = ''] = proof.split(':');
  if (!/^[0-9a-f]{64}$/i.test(mac)) throw new DomainError('CONFIRMATION_WRONG', { expected: 'card:proof' }, ['proof']);
  return parseUuid(cardId);
}

export function isCardProof(proof: string, cardId: string, key: string, payment: ConfirmablePayment): boolean {
  return equalInConstantTime(proof.toLowerCase(), cardProof(cardId, key, payment));
}

/**
 * The number of a slip that the platform prints: ten digits of its own and two check digits (ISO/IEC 7064, MOD 97-10), so that a clerk who
 * types one digit wrong confirms nobody else's money.
 */
export function slipNumber(serial: bigint): string {
  const digits = serial.toString().padStart(SLIP_DIGITS, '0');
  const check = 98n - ((BigInt(digits) * 100n) % 97n);
  return `${digits}${check.toString().padStart(2, '0')}`;
}

/** Throws CONFIRMATION_WRONG for what no counterfoil can be, and for twelve digits whose check digits are wrong. */
export function readCounterfoil(text: string): string {
  const number = text.trim();
  const own = /^\d{12}$/.test(number);
  if (!COUNTERFOIL.test(number) || (own && BigInt(number) % 97n !== 1n)) {
    throw new DomainError('CONFIRMATION_WRONG', { expected: 'the number of a counterfoil' }, ['proof']);
  }
  return number;
}
