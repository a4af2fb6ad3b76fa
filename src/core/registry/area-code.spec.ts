import { describe, expect, it } from '@jest/globals';
import { liesWithin, requireAreaCode } from './area-code.js';

describe('an area code', () => {
  it.each(['52', '520381', '522723101201', 'CN-GZ', 'a'.repeat(32)])('%s is one', (code) => {
    expect(requireAreaCode(code)).toBe(code);
  });

  it.each(['', '5203 81', '52\u0000', '贵州', 'a'.repeat(33), '52\n'])('%j is none', (code) => {
    expect(() => requireAreaCode(code, ['owner'])).toThrow(expect.objectContaining({ code: 'BAD_INPUT', path: ['owner', 'areaCode'] }));
  });

  it('lies within another where it begins with it; everywhere lies within no area', () => {
    expect([liesWithin('520381', '5203'), liesWithin('5203', '520381'), liesWithin('520381', '520381')]).toEqual([true, false, true]);
    expect([liesWithin('52', null), liesWithin(null, null), liesWithin(null, '52')]).toEqual([true, true, false]);
  });
});
