/**
 * The notation of the GS1 Barcode Syntax Dictionary, made into tests: "N13,csum [X..17]" is a checked number of 13 digits and up to 17 characters
 * behind it. Characters and lengths become one regular expression, check digits and the other named tests look at the component they are named at. Tests
 * that need a list that is not in the dictionary (country codes, package types, coupons, media types) are not made here: what they would refuse passes.
 */
import { hasCheckCharacters, hasCheckDigit } from './check-digit.js';

export interface AiFormat {
  /** Characters and lengths. */
  readonly pattern: RegExp;
  isChecked(value: string): boolean;
  isSound(value: string): boolean;
}

interface Component {
  readonly characters: string;
  readonly min: number;
  readonly max: number;
  readonly optional: boolean;
  readonly tests: readonly string[];
}

type Test = (part: string) => boolean;

const CHARACTERS: Readonly<Record<string, string>> = {
  N: '\\d',
  X: `[!"%&'()*+,\\-./0-9:;<=>?A-Z_a-z]`,
  Y: '[#\\-/0-9A-Z]',
  Z: '[\\-0-9A-Z_a-z]',
};

/** Keys of free length open with at least four digits, the GS1 Company Prefix: else any path with 401 in it would be a consignment. */
const PREFIX_DIGITS_MIN = 4;

const CHECKS: ReadonlyMap<string, Test> = new Map([
  ['csum', hasCheckDigit],
  ['csumalpha', hasCheckCharacters],
]);

const CONTENTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['yymmdd', (part) => isDay(`20${part}`)],
  // Day 00 is the last of the month.
  ['yymmd0', (part) => isDay(part.endsWith('00') ? `20${part.slice(0, 4)}01` : `20${part}`)],
  ['yyyymmdd', isDay],
  ['hhmi', (part) => part.slice(0, 2) < '24' && part.slice(2) < '60'],
  ['hh', (part) => part < '24'],
  ['mi', (part) => part < '60'],
  ['ss', (part) => part < '60'],
  ['yesno', (part) => part === '0' || part === '1'],
  ['hyphen', (part) => part === '-'],
  ['winding', (part) => '019'.includes(part)],
  ['nonzero', (part) => Number(part) > 0],
  ['nozeroprefix', (part) => part === '0' || !part.startsWith('0')],
  ['hasnondigit', (part) => /\D/.test(part)],
  ['pcenc', (part) => !/%(?![0-9A-Fa-f]{2})/.test(part)],
  ['iso5218', (part) => '0129'.includes(part)],
  ['iso3166alpha2', (part) => /^[A-Z]{2}$/.test(part)],
  ['importeridx', (part) => /^[-0-9A-Z_a-z]$/.test(part)],
  ['pieceoftotal', (part) => Number(part.slice(0, 2)) > 0 && part.slice(0, 2) <= part.slice(2)],
  ['posinseqslash', (part) => /^[1-9]\/[1-9]$/.test(part) && part.charAt(0) <= part.charAt(2)],
  // Degrees × 10^7, shifted so that none is negative.
  ['latitude', (part) => Number(part) <= 1_800_000_000],
  ['longitude', (part) => Number(part) <= 3_600_000_000],
  ['iban', isIban],
]);

/** "N13,csum,gcppos1 [X..17]" → its tests. */
export function compileFormat(notation: string): AiFormat {
  const components = notation.split(' ').map(parseComponent);
  const judged = (tests: ReadonlyMap<string, Test>) => {
    const ofComponents = components.map((component) => component.tests.flatMap((name) => tests.get(name) ?? []));
    if (ofComponents.every((list) => list.length === 0)) return () => true;
    return (value: string) => {
      let at = 0;
      return components.every((component, i) => {
        const part = value.slice(at, at + component.max);
        at += component.max;
        return part === '' || (ofComponents[i] ?? []).every((test) => test(part));
      });
    };
  };
  return { pattern: patternOf(components), isChecked: judged(CHECKS), isSound: judged(CONTENTS) };
}

function parseComponent(text: string): Component {
  const match = /^(\[?)([NXYZ])(\.\.)?(\d+)\]?((?:,[a-z0-9]+)*)$/.exec(text);
  const max = Number(match?.[4]);
  return {
    characters: match?.[2] ?? '',
    min: match?.[3] ? 1 : max,
    max,
    optional: match?.[1] === '[',
    tests: (match?.[5] ?? '').split(',').slice(1),
  };
}

/** What is optional may end the value at its place: hence each optional component holds those behind it. */
function patternOf(components: readonly Component[]): RegExp {
  const source = components.reduceRight((behind, component) => {
    const characters = CHARACTERS[component.characters] ?? '';
    const own = component.tests.includes('zero')
      ? '0'
      : component.characters !== 'N' && component.tests.some((name) => name.startsWith('gcppos'))
        ? `\\d{${PREFIX_DIGITS_MIN}}${characters}{0,${component.max - PREFIX_DIGITS_MIN}}`
        : `${characters}{${component.min},${component.max}}`;
    return component.optional ? `(?:${own}${behind})?` : own + behind;
  }, '');
  return new RegExp(`^${source}$`);
}

/** "20270131" is a day of the calendar. */
function isDay(digits: string): boolean {
  const text = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** ISO 13616: moved by four and read as a number with A = 10, the remainder by 97 is 1. */
function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[0-9A-Z]{1,30}$/.test(text)) return false;
  let remainder = 0;
  for (const character of text.slice(4) + text.slice(0, 4)) remainder = Number(`${remainder}${Number.parseInt(character, 36)}`) % 97;
  return remainder === 1;
}
