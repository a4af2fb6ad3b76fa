import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { notFoundPage, PAGE_HEADERS, productPage, provenancePage, startPage } from './provenance.page.js';
import { qrSvg } from './qr.js';
import type { ProvenanceView } from './view.js';
import { INCOME_UNPUBLISHED } from './view.js';
import type { Language } from './words.js';
import { LANGUAGES, WORDS } from './words.js';

const ADDRESS = 'https://sheaf.example/01/09506000134352/10/L%2F1';
const QR = qrSvg(ADDRESS);
const VIEW: ProvenanceView = {
  digitalLink: 'https://id.gs1.org/01/09506000134352/10/L%2F1',
  shortCode: 'ABCDEFGHJK',
  lot: 'L/1',
  product: { name: 'Guiding rice', gtin: '09506000134352', netContent: { value: '5', unit: 'KGM' } },
  status: 'ACTIVE',
  harvests: [{ cooperative: 'Cooperative A', areaCode: '522723101', from: '2026-09', to: '2026-10', share: '0.2505', households: 12 }],
  journey: [
    {
      eventId: 'ni:///1',
      kind: 'DELIVERY',
      bizStep: 'commissioning',
      at: '2026-09-20',
      organisation: 'Cooperative A',
      facility: 'Weighing house',
    },
    { eventId: 'ni:///2', kind: 'TRANSFORMATION', bizStep: 'packing', at: '2026-10-02', organisation: 'Mill', facility: null },
  ],
  conditions: [],
  operations: [],
  certificates: [],
  income: INCOME_UNPUBLISHED,
  recalled: false,
  coverage: '0.9999',
};
const shown = (view: ProvenanceView, language: Language = 'en'): string =>
  provenancePage(view, { language, path: '/p/01/09506000134352/10/L%2F1', address: ADDRESS, qrSvg: QR });

describe('the page of a batch', () => {
  it.each(LANGUAGES)('shows product, lot, harvests, journey, coverage and why there is no income figure (%s)', (language) => {
    const html = shown(VIEW, language);
    const words = WORDS[language];
    expect(html).toContain(`<html lang="${language}">`);
    for (const text of [
      'Guiding rice',
      '5 kg',
      'L/1',
      'Cooperative A',
      '522723101',
      '25.05 %',
      '99.99 %',
      'Weighing house',
      'Mill',
      ADDRESS,
    ])
      expect(html).toContain(text);
    for (const word of [words.harvests, words.journey, words.coverage, words.packing, words.incomeUnpublished, words.households(12)])
      expect(html).toContain(word);
  });

  it.each(LANGUAGES)('is under 5 kB without its QR code (%s)', (language) => {
    expect(Buffer.byteLength(shown(VIEW, language).replace(QR, ''))).toBeLessThan(5_000);
  });

  it('says nothing of shares and households that are held back', () => {
    const html = shown({ ...VIEW, harvests: VIEW.harvests.map((harvest) => ({ ...harvest, share: null, households: null })) });
    expect(html).not.toContain(WORDS.en.households(12));
    expect(html).not.toContain('% of this batch');
    expect(html).not.toContain('null');
  });

  it('warns of a recall', () => {
    expect(shown(VIEW)).not.toContain('class="w"');
    expect(shown({ ...VIEW, recalled: true })).toContain('<p class="w">RECALLED</p>');
  });

  it('has every name of somebody escaped', () => {
    const evil = `<script>alert("x")</script>&'`;
    const html = shown({
      ...VIEW,
      lot: '"<b>',
      product: { ...VIEW.product, name: evil },
      harvests: [{ ...VIEW.harvests[0]!, cooperative: evil, areaCode: '<i>' }],
      journey: [{ ...VIEW.journey[0]!, organisation: evil, facility: evil }],
    });
    expect(html).not.toMatch(/<script|<b>|<i>/);
    expect(html).toContain('&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62;&#38;&#39;');
  });
});

describe('every page', () => {
  const frame = { language: 'fr', path: '/p/01/"><script>' } as const;
  const pages = [shown(VIEW), productPage(VIEW.product, frame), notFoundPage(frame), startPage(frame)];

  it('loads nothing: no script, no address of another host', () => {
    for (const html of pages) {
      expect(html).not.toMatch(/<script|\son\w+=|\sstyle=|@import|url\(/);
      const loaded = [...html.matchAll(/\s(?:src|href|action)="([^"]*)"/g)].map(([, target]) => target ?? '');
      expect(loaded.filter((target) => !/^(\/(?!\/)|data:,$)/.test(target))).toEqual([]);
    }
  });

  it('has the one style sheet that its policy names by hash', () => {
    for (const html of pages) {
      const styles = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, style]) => style ?? '');
      expect(styles).toHaveLength(1);
      const hash = createHash('sha256').update(styles[0]!).digest('base64');
      expect(PAGE_HEADERS['content-security-policy']).toContain(`'sha256-${hash}'`);
    }
  });

  it('forbids by its policy all that it does not need', () => {
    expect(PAGE_HEADERS['content-security-policy']).toMatch(/^default-src 'none';/);
    expect(PAGE_HEADERS['content-security-policy']).not.toContain('unsafe');
  });
});
