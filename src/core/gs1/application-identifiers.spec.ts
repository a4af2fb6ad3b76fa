import { describe, expect, it } from '@jest/globals';
import { hasFormat, isAttribute, isChecked, isSound, primaryKeyOf, qualifiersFit } from './application-identifiers.js';
import { compileFormat } from './ai-format.js';
import { checkCharacters, hasCheckCharacters } from './check-digit.js';

const fits = (ai: string, value: string): boolean => hasFormat({ ai, value });
const sound = (ai: string, value: string): boolean => isSound({ ai, value });

describe('the notation of the dictionary', () => {
  it.each([
    ['N13,csum [X..17]', '4012345000009', true],
    ['N13,csum [X..17]', '4012345000009A/1', true],
    ['N13,csum [X..17]', `4012345000009${'A'.repeat(18)}`, false],
    ['N6,yymmdd [N6],yymmdd', '270131', true],
    ['N6,yymmdd [N6],yymmdd', '270131270201', true],
    ['N6,yymmdd [N6],yymmdd', '2701312', false],
    ['N3 [N3] [N3]', '156250', true],
    ['N3 [N3] [N3]', '15625', false],
    ['N1,zero N13,csum [X..16]', '04012345000009', true],
    ['N1,zero N13,csum [X..16]', '14012345000009', false],
    ['X..30,gcppos1', '4012ABC', true],
    ['X..30,gcppos1', '401ABC', false],
    ['Y..30,gcppos1', '4012#/-A', true],
    ['Y..30,gcppos1', '4012a', false],
  ])('%s against %s: %s', (notation, value, expected) => expect(compileFormat(notation).pattern.test(value)).toBe(expected));

  it('looks for check digits and contents at the component that names them', () => {
    const grai = compileFormat('N1,zero N13,csum,gcppos1 [X..16]');
    expect(grai.isChecked('04012345000009SN1')).toBe(true);
    expect(grai.isChecked('04012345000008SN1')).toBe(false);
    const processed = compileFormat('N6,yymmdd [N6],yymmdd');
    expect(processed.isSound('270131270230')).toBe(false);
    expect(processed.isSound('270131')).toBe(true);
  });
});

describe('application identifiers', () => {
  it('are known one by one and by their ranges', () => {
    expect(fits('3103', '000500')).toBe(true);
    expect(fits('3106', '000500')).toBe(false);
    expect(fits('99', 'ours')).toBe(true);
    expect(fits('constructor', '1')).toBe(false);
  });

  it.each([
    ['15', '270230', false],
    ['15', '270200', true],
    ['7006', '270200', false],
    ['4324', '2701312460', false],
    ['4324', '2701312359', true],
    ['8006', '040123451111180302', false],
    ['8006', '040123451111180203', true],
    ['8011', '012', false],
    ['7250', '20000229', true],
    ['7250', '19000229', false],
    ['8007', 'GB82WEST12345698765432', true],
    ['8007', 'GB82WEST12345698765433', false],
    ['4309', '00000000003600000001', false],
    ['21', 'anything', true],
  ])('(%s)%s can be: %s', (ai, value, expected) => expect([fits(ai, value), sound(ai, value)]).toEqual([true, expected]));

  it('that identify a model end with two check characters', () => {
    expect(checkCharacters('1987654Ad4X4bL5ttr2310c')).toBe('2K');
    expect(isChecked({ ai: '8013', value: '1987654Ad4X4bL5ttr2310c2K' })).toBe(true);
    expect(isChecked({ ai: '8013', value: '1987654Ad4X4bL5ttr2310d2K' })).toBe(false);
    expect(hasCheckCharacters('批次2K')).toBe(false);
  });

  it('open a link and are qualified as the dictionary says', () => {
    expect(primaryKeyOf('415')).toBe('415');
    expect(primaryKeyOf('10')).toBeNull();
    expect(primaryKeyOf('toString')).toBeNull();
    expect(qualifiersFit('415', ['8020'])).toBe(true);
    expect(qualifiersFit('414', ['254'])).toBe(true);
    expect(qualifiersFit('414', ['254', '7040'])).toBe(false);
  });

  it('stand in the query where the dictionary lets them, and where it does not know them', () => {
    expect(isAttribute({ ai: '10', value: 'A' })).toBe(true);
    expect(isAttribute({ ai: '21', value: 'A' })).toBe(false);
    expect(isAttribute({ ai: '02', value: '04012345111119' })).toBe(false);
    expect(isAttribute({ ai: '7999', value: 'new' })).toBe(true);
    expect(isAttribute({ ai: '12345', value: 'A' })).toBe(false);
  });
});
