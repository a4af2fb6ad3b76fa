import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseExactJson } from './exact-json.js';
import { writeExactJson } from './write-exact-json.js';

describe('writeExactJson', () => {
  it('gives back every number as it was written', () => {
    const text = '{"id":820982911946154508,"price":33.70,"tiny":1E-7,"list":[-0,null,true,"\\u0001"]}';
    expect(writeExactJson(parseExactJson(text))).toBe(text);
  });

  it('writes what JSON.stringify writes, where no number is exact', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(writeExactJson(value)).toBe(JSON.stringify(value))));
    expect(writeExactJson({ a: undefined, b: [undefined, 1] })).toBe('{"b":[null,1]}');
  });

  it('is read back as what was written', () => {
    fc.assert(fc.property(fc.json(), (text) => expect(parseExactJson(writeExactJson(parseExactJson(text)))).toEqual(parseExactJson(text))));
  });
});
