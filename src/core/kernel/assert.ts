/**
 * Invariants of our own. A failed assertion is a defect of the platform, never of the caller: what a caller may get wrong is
 * a DomainError (errors.ts). TigerBeetle's cut between programmer errors and operating errors.
 */

export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** Throws BrokenInvariant when the condition does not hold; `message` says which invariant, as a sentence. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new BrokenInvariant(message);
}

/** Marks a switch as exhaustive: the compiler refuses it when a case is missing. */
export function assertNever(value: never): never {
  throw new BrokenInvariant(`No case for ${JSON.stringify(value)}.`);
}
