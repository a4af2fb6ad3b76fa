/**
 * Codes of administrative divisions, from province to village: GB/T 2260 and the National Bureau of Statistics' 12 digits, ISO 3166-2 where
 * there is no such code. Only the form is checked, because the lists change every year; that one area lies in another is told by its code
 * beginning with the other's.
 */
import { DomainError } from '../kernel/errors.js';

export const AREA_CODE_LENGTH_MAX = 32;
const AREA_CODE = new RegExp(`^[0-9A-Za-z-]{1,${String(AREA_CODE_LENGTH_MAX)}}$`);

/** The code as it came: letters, digits and hyphens. Throws BAD_INPUT with `path` before the field's name. */
export function requireAreaCode(areaCode: string, path: readonly string[] = []): string {
  if (!AREA_CODE.test(areaCode)) {
    throw new DomainError('BAD_INPUT', { expected: 'an area code', found: areaCode.slice(0, 40) }, [...path, 'areaCode']);
  }
  return areaCode;
}

/** True where the one area is the other or lies in it; null is everywhere. */
export function liesWithin(areaCode: string | null, other: string | null): boolean {
  return other === null || (areaCode?.startsWith(other) ?? false);
}
