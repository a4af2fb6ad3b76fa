import { describe, expect, it } from '@jest/globals';
import { ExactNumber, parseExactJson } from '../kernel/exact-json.js';
import { parseJsonPath, valueAt } from './json-path.js';

describe('a JSON path', () => {
  it.each([
    ['$', []],
    ['$.a.b-c._d', ['a', 'b-c', '_d']],
    ["$['any name'][0][-1]", ['any name', 0, -1]],
    ['$["it\'s"]', ["it's"]],
    ["$['it\\'s']", ["it's"]],
    ['$.土壤', ['土壤']],
  ])('%s is read', (text, path) => expect(parseJsonPath(text)).toEqual(path));

  it.each(['', 'a', '$.', '$..a', '$.*', '$[*]', '$[0:2]', '$[?(@.a)]', '$.a[', '$a', '$.a b', `$.${'a'.repeat(300)}`])(
    '%j is refused',
    (text) => expect(() => parseJsonPath(text)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' })),
  );

  it('leads to what was sent, and nowhere else', () => {
    const value = parseExactJson('{"a":[{"b":1},{"b":2}],"__proto__":3}');
    expect(valueAt(value, parseJsonPath('$.a[-1].b'))).toEqual(new ExactNumber('2'));
    expect(valueAt(value, parseJsonPath('$.__proto__'))).toEqual(new ExactNumber('3'));
    for (const nowhere of ['$.a.b', '$.a[2]', '$.constructor', '$.a.length'])
      expect(valueAt(value, parseJsonPath(nowhere))).toBeUndefined();
  });
});
