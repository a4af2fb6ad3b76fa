import { describe, expect, it } from '@jest/globals';
import type { Level } from './linkset.js';
import { GS1_VOCABULARY, linkOfType, linksetOf } from './linkset.js';

const page = (path: string, type: 'pip' | 'traceability', title: string): Level['links'][number] => ({
  type,
  href: `https://sheaf.example/p${path}`,
  title,
  languages: ['zh', 'fr', 'en'],
  mediaType: 'text/html',
});
const product: Level = {
  anchor: 'https://sheaf.example/01/09506000134352',
  itemDescription: 'Rice',
  links: [page('/01/09506000134352', 'pip', 'Rice')],
};
const batch: Level = {
  anchor: 'https://sheaf.example/01/09506000134352/10/A',
  itemDescription: 'Rice, lot A',
  links: [page('/01/09506000134352/10/A', 'pip', 'Rice, lot A'), page('/01/09506000134352/10/A', 'traceability', 'The way of lot A')],
};

describe('a linkset', () => {
  it('has one context object a level, the finest first', () => {
    expect(linksetOf([batch, product]).linkset.map((context) => context.anchor)).toEqual([batch.anchor, product.anchor]);
  });

  it('has exactly one default link, without optional attributes, which a described link repeats', () => {
    const contexts = linksetOf([batch, product]).linkset;
    const defaults = contexts.flatMap((context) => context[`${GS1_VOCABULARY}defaultLink`] ?? []);
    expect(defaults).toEqual([{ href: batch.links[0]?.href, title: 'Rice, lot A' }]);
    expect(contexts[0]?.[`${GS1_VOCABULARY}pip`]).toEqual([
      { href: batch.links[0]?.href, title: 'Rice, lot A', type: 'text/html', hreflang: ['zh', 'fr', 'en'] },
    ]);
  });
});

describe('a link type', () => {
  it.each(['gs1:traceability', 'https://ref.gs1.org/voc/traceability', 'https://gs1.org/voc/traceability'])(
    'is understood as %s',
    (linkType) => {
      expect(linkOfType([batch, product], linkType)?.title).toBe('The way of lot A');
    },
  );

  it('gs1:defaultLink is the first link of the finest level', () => {
    expect(linkOfType([batch, product], 'gs1:defaultLink')?.title).toBe('Rice, lot A');
  });

  it('that a level lacks is found further up', () => {
    expect(linkOfType([{ ...batch, links: [] }, product], 'gs1:pip')?.title).toBe('Rice');
  });

  it.each(['gs1:recallStatus', 'pip', 'https://evil.example/pip', 'gs1:'])('%s leads nowhere', (linkType) => {
    expect(linkOfType([batch, product], linkType)).toBeNull();
  });
});
