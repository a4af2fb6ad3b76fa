import { describe, expect, it } from '@jest/globals';
import { representationOf } from './negotiation.js';
import { languageOf } from './words.js';

describe('the representation', () => {
  it.each([
    [undefined, 'text/html'],
    ['*/*', 'text/html'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8', 'text/html'],
    ['application/ld+json', 'application/ld+json'],
    ['application/json', 'application/json'],
    ['application/linkset+json', 'application/linkset+json'],
    ['application/ld+json;q=0.9, text/html;q=0.8', 'application/ld+json'],
    ['application/ld+json, */*;q=0.1', 'application/ld+json'],
    ['application/ld+json, */*', 'application/ld+json'],
    ['text/html;q=0, application/json', 'application/json'],
    ['application/*', 'application/ld+json'],
    ['image/png', 'text/html'],
    [',;q=x,', 'text/html'],
  ])('for "%s" is %s', (accept, expected) => {
    expect(representationOf(accept)).toBe(expected);
  });
});

describe('the language', () => {
  it.each([
    [undefined, undefined, 'en'],
    [undefined, 'zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    [undefined, 'de, fr;q=0.5, en;q=0.7', 'en'],
    [undefined, 'fr-BF', 'fr'],
    [undefined, 'zh;q=0, fr;q=0.1', 'fr'],
    [undefined, 'sw', 'en'],
    ['fr', 'zh', 'fr'],
    ['xx', 'zh', 'zh'],
  ])('asked "%s", accepting "%s", is %s', (asked, accept, expected) => {
    expect(languageOf(asked, accept)).toBe(expected);
  });
});
