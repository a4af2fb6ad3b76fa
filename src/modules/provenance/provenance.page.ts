import { sha256 } from '../../core/kernel/sha256.js';
import type { HarvestView, JourneyStep, ProductView, ProvenanceView } from './view.js';
import type { Language, Words } from './words.js';
import { LANGUAGES, WORDS } from './words.js';

const STYLE = `body{font:16px/1.5 sans-serif;max-width:34em;margin:0 auto;padding:1em;color:#222;background:#fff}
h1{font-size:1.5em;margin:.2em 0}h2{font-size:1.1em;margin:1.4em 0 .3em;border-bottom:1px solid #ccc}
dl{margin:0}dt{float:left;clear:left;color:#666;margin-right:.5em}dd{margin:0}ul,ol{padding-left:1.2em;margin:.3em 0}
small,nav{color:#666}svg{display:block;width:12em;max-width:100%}code{word-wrap:break-word}
.w{background:#b00020;color:#fff;padding:.5em}input{font:inherit;width:100%;box-sizing:border-box}`;

/** Of the SI where the code of Recommendation 20 is one of its units; others are told as they were said. */
const UNIT_SYMBOLS: Readonly<Record<string, string>> = { KGM: 'kg', GRM: 'g', MGM: 'mg', TNE: 't', LTR: 'L', MLT: 'mL', jin: '斤' };

/** Nothing is loaded from anywhere, no script runs; the one style sheet is named by its hash. A form may only come back here. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    `default-src 'none'`,
    `style-src 'sha256-${Buffer.from(sha256(STYLE)).toString('base64')}'`,
    'img-src data:',
    `form-action 'self'`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  vary: 'Accept-Language',
};

/** What a page must know beside its content. */
export interface PageFrame {
  readonly language: Language;
  /** The reader's address of this page without query, for the links to the other languages. */
  readonly path: string;
}

/** `address`: the Digital Link that the QR code `qrSvg` carries. */
export function provenancePage(view: ProvenanceView, frame: PageFrame & { readonly address: string; readonly qrSvg: string }): string {
  const words = WORDS[frame.language];
  const recalled = view.recalled ? `<p class="w">${escape(words.statuses.RECALLED)}</p>` : '';
  const facts: Fact[] = [
    ...productFacts(view.product, words),
    [words.lot, view.lot],
    [words.shortCode, view.shortCode],
    [words.status, words.statuses[view.status]],
  ];
  const body = [
    recalled,
    `<h1>${escape(view.product.name)}</h1>`,
    factList(facts),
    section(
      words.harvests,
      list(
        'ul',
        view.harvests.map((harvest) => harvestLine(harvest, words)),
        words,
      ),
    ),
    section(
      words.journey,
      list(
        'ol',
        view.journey.map((step) => journeyLine(step, words)),
        words,
      ),
    ),
    section(words.coverage, `<p>${percent(view.coverage)} % ${escape(words.coverageMeans)}</p>`),
    section(words.income, `<p>${escape(view.income.published ? '' : words.incomeUnpublished)}</p>`),
    section(words.code, `${frame.qrSvg}<code>${escape(frame.address)}</code>`),
  ];
  return page(`${view.product.name} · ${view.lot}`, body.join('\n'), frame);
}

/** A product, where the code names no lot. */
export function productPage(product: ProductView, frame: PageFrame): string {
  const words = WORDS[frame.language];
  const body = [`<h1>${escape(product.name)}</h1>`, factList(productFacts(product, words)), `<p>${escape(words.productOnly)}</p>`];
  return page(product.name, body.join('\n'), frame);
}

export function notFoundPage(frame: PageFrame): string {
  const words = WORDS[frame.language];
  return page(words.notFound, `<h1>${escape(words.notFound)}</h1><p>${escape(words.notFoundHint)}</p>${form(words)}`, frame);
}

export function invalidPage(frame: PageFrame): string {
  const words = WORDS[frame.language];
  return page(words.invalid, `<h1>${escape(words.invalid)}</h1><p>${escape(words.invalidHint)}</p>${form(words)}`, frame);
}

export function startPage(frame: PageFrame): string {
  const words = WORDS[frame.language];
  const doors = ['/graphql', '/health/ready', '/01/{gtin}/10/{lot}', '/t/{shortCode}', '/qr/01/{gtin}/10/{lot}.svg'];
  const programs = `<ul>${doors.map((door) => `<li><code>${door.includes('{') ? door : `<a href="${door}">${door}</a>`}</code></li>`).join('')}</ul>`;
  return page('Sheaf', `<h1>${escape(words.lookUp)}</h1>${form(words)}${section(words.forPrograms, programs)}`, frame);
}

function page(title: string, body: string, { language, path }: PageFrame): string {
  const others = LANGUAGES.map((other) =>
    other === language ? WORDS[other].language : `<a href="${escape(path)}?lang=${other}" hreflang="${other}">${WORDS[other].language}</a>`,
  );
  return `<!DOCTYPE html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><nav>${others.join(' · ')}</nav>
${body}
</body></html>
`;
}

type Fact = readonly [term: string, value: string];

function factList(facts: readonly Fact[]): string {
  return `<dl>${facts.map(([term, value]) => `<dt>${escape(term)}</dt><dd>${escape(value)}</dd>`).join('')}</dl>`;
}

function productFacts(product: ProductView, words: Words): Fact[] {
  const facts: Fact[] = [
    [words.product, product.name],
    ['GTIN', product.gtin],
  ];
  if (product.netContent)
    facts.push([words.netContent, `${product.netContent.value} ${UNIT_SYMBOLS[product.netContent.unit] ?? product.netContent.unit}`]);
  return facts;
}

function harvestLine(harvest: HarvestView, words: Words): string {
  const months = harvest.from === harvest.to ? harvest.from : `${harvest.from} – ${harvest.to}`;
  const details = [
    harvest.areaCode,
    months,
    harvest.households === null ? null : words.households(harvest.households),
    harvest.share === null ? null : words.ofBatch(percent(harvest.share)),
  ];
  return `${escape(harvest.cooperative)}<br><small>${escape(details.filter((detail) => detail !== null).join(' · '))}</small>`;
}

function journeyLine(step: JourneyStep, words: Words): string {
  const what =
    step.bizStep === 'packing' || step.bizStep === 'repackaging' ? words.packing : (words.steps[step.kind] ?? step.bizStep ?? '');
  const where = [step.organisation, step.facility].filter((name) => name !== null).join(', ');
  return `${escape(what)} <small>${escape(step.at)}</small><br>${escape(where)}`;
}

function section(title: string, content: string): string {
  return `<h2>${escape(title)}</h2>${content}`;
}

function list(tag: 'ul' | 'ol', items: readonly string[], words: Words): string {
  if (items.length === 0) return `<p>${escape(words.nothingYet)}</p>`;
  return `<${tag}>${items.map((item) => `<li>${item}</li>`).join('')}</${tag}>`;
}

function form(words: Words): string {
  return `<form action="/" method="get"><p><label for="c">${escape(words.lookUpHint)}</label><br><input id="c" name="code" required maxlength="2048"></p><p><button>${escape(words.show)}</button></p></form>`;
}

/** "0.1234" → "12.34", by moving the point: no float, no rounding. */
function percent(decimal: string): string {
  const [whole = '0', digits = ''] = decimal.split('.');
  const moved = digits.padEnd(2, '0');
  const integer = (whole + moved.slice(0, 2)).replace(/^0+(?=\d)/, '');
  const rest = moved.slice(2).replace(/0+$/, '');
  return rest === '' ? integer : `${integer}.${rest}`;
}

/** For text and for attributes in double quotes. */
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);
}
