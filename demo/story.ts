import type { FieldSeason } from './field-season.js';
import type { Progress } from './progress.js';
import { qrLines } from './qr.js';
import type { AttributionReport, PartyReport, SaleLineReport, SaleReport, ShareInterval } from './sale-report.js';
import { requireAddsUp } from './sale-report.js';
import type { Order } from './shopify.js';
import { decimalOfFen, fenOf } from './values.js';
import type { World } from './world.js';

export interface StorySale {
  readonly title: string;
  readonly order: Order;
  readonly sale: SaleReport;
}

export interface StoryParts {
  readonly url: string;
  readonly world: World;
  readonly field: FieldSeason;
  readonly sales: readonly StorySale[];
  readonly all: readonly SaleReport[];
  readonly smallWorld: SaleReport;
}

const WIDTH = 78;
const NAMES: Readonly<Record<PartyReport['kind'], string>> = {
  HOUSEHOLD: 'the households that grew and worked',
  ORGANISATION: 'other organisations',
  OUTSIDER: 'suppliers and hands by name',
  UNREGISTERED: 'day labourers in no register',
  UNKNOWN: 'unknown',
};

/** What happened, in figures read back as the supervisor. Throws where a line's positions do not add up to its net amount. */
export async function tellStory(parts: StoryParts, progress: Progress): Promise<void> {
  const say = (...lines: readonly string[]): void => progress.say(...lines);
  say('', rule('What became of the money'));
  for (const sale of parts.sales) say('', ...saleLines(sale));
  say('', ...smallWorldLines(parts));
  say('', ...everySaleLines(parts.all));
  say(`  ${String(parts.field.stored)} readings of the field's probes are stored, from ${String(parts.field.published)} MQTT messages.`);
  say('', ...(await provenanceLines(parts)));
  say('', ...whatNext(parts));
}

function saleLines({ title, order, sale }: StorySale): string[] {
  const lines = sale.lines.flatMap((line) => [`  ${line.quantity.value} × ${line.sku ?? line.ref}`, ...lineStory(line)]);
  const coupon = order.coupon ? `, a coupon of ${decimalOfFen(order.coupon.fen)}` : '';
  const shipping = order.shippingFen > 0 ? `, ${decimalOfFen(order.shippingFen)} for the parcel` : '';
  const listed = order.lines.reduce((total, line) => total + line.count * line.priceFen, 0);
  return [`${title}, order #${String(order.number)}: ${decimalOfFen(listed)} CNY listed${coupon}${shipping}`, ...lines];
}

function lineStory(line: SaleLineReport): string[] {
  const attribution = requireAddsUp(line);
  const { net, parties } = attribution;
  const rows = parties.map((party) => {
    const owed = fenOf(party.owed.amount) > 0 ? `   to be paid to them yet: ${party.owed.amount}` : '';
    return `    ${nameOf(party).padEnd(46)} ${party.position.amount.padStart(9)}${owed}`;
  });
  return [
    `    net of tax and coupon: ${net.amount} ${net.currency}`,
    ...rows,
    `    ${'─'.repeat(46)} ${'─'.repeat(9)}`,
    `    ${'together, which is the net amount'.padEnd(46)} ${net.amount.padStart(9)}`,
    ...reachLines(attribution),
  ];
}

function reachLines(attribution: AttributionReport): string[] {
  const { toHouseholds, payableToHouseholds, toPoorHouseholds, shareToHouseholds, shareToPoor, coverage, claim, figureId } = attribution;
  const open = [
    ...(attribution.provisional ? ['the season is still open'] : []),
    ...(attribution.feesPending ? ["the sales platform's fees are not settled"] : []),
  ];
  return [
    `    reached households: ${toHouseholds.amount} (${percent(shareToHouseholds)}), and ${payableToHouseholds.amount} more is owed to them`,
    `    reached households registered as poor: ${toPoorHouseholds.amount} (${percent(shareToPoor)})`,
    `    origin known for ${percentOf(coverage)} of the goods${open.length > 0 ? `; provisional: ${open.join(', ')}` : ''}`,
    `    what a page may claim: ${claim}   figure ${figureId}`,
  ];
}

/** Throws where it is not 4 / 1 / 5. */
function smallWorldLines({ world, smallWorld }: StoryParts): string[] {
  const [line] = smallWorld.lines;
  if (!line) throw new Error('The one kilogram was sold.');
  const { parties } = requireAddsUp(line);
  const positionOf = (is: (party: PartyReport) => boolean): number | null => {
    const party = parties.find(is);
    return party ? fenOf(party.position.amount) / 100 : null;
  };
  const found = [
    positionOf(({ kind }) => kind === 'HOUSEHOLD'),
    positionOf(({ organisation }) => organisation?.id === world.rice.id),
    positionOf(({ organisation }) => organisation?.id === world.mill.id),
  ].join(' / ');
  if (found !== '4 / 1 / 5') throw new Error(`Household, cooperative and mill have ${found} instead of 4 / 1 / 5.`);
  return [
    'The same rule in one kilogram: the cooperative pays the household 4, the mill pays the cooperative 5, a shopper pays the mill 10.',
    `  household / cooperative / mill: ${found}`,
  ];
}

function everySaleLines(sales: readonly SaleReport[]): string[] {
  const attributions = sales.flatMap(({ lines }) => lines.map(requireAddsUp));
  const sum = (of: (attribution: AttributionReport) => string): string =>
    decimalOfFen(attributions.reduce((total, attribution) => total + fenOf(of(attribution)), 0));
  return [
    `All ${String(sales.length)} shop orders (${String(attributions.length)} lines; in every one the positions add up to the net amount):`,
    `  net ${sum(({ net }) => net.amount)} CNY; reached households ${sum(({ toHouseholds }) => toHouseholds.amount)}, of it poor ones ${sum(({ toPoorHouseholds }) => toPoorHouseholds.amount)}; owed to households ${sum(({ payableToHouseholds }) => payableToHouseholds.amount)}.`,
  ];
}

async function provenanceLines({ url, sales }: StoryParts): Promise<string[]> {
  const lines: string[] = [rule('What the shopper sees')];
  for (const { title, sale } of sales) {
    const batch = sale.lines[0]?.allocations[0]?.batch;
    if (!batch) throw new Error('What was sold came out of a lot.');
    const link = `${url}/01/${batch.gtin.padStart(14, '0')}/10/${encodeURIComponent(batch.lot)}`;
    await requirePage(link);
    lines.push('', `${title}, lot ${batch.lot}`, `  ${link}`, ...qrLines(link).map((row) => `  ${row}`));
  }
  return lines;
}

/** The code on the pack must open. */
async function requirePage(link: string): Promise<void> {
  const response = await fetch(link, { headers: { accept: 'text/html' } });
  const text = await response.text();
  if (!response.ok || !text.includes('<html')) throw new Error(`${link} answers ${String(response.status)} instead of a page.`);
}

function whatNext({ url, world, sales }: StoryParts): string[] {
  const [first] = sales;
  const batch = sales.at(-1)?.sale.lines[0]?.allocations[0]?.batch;
  const ask = (query: string): string =>
    `  curl -s $URL/graphql -H 'content-type: application/json' -H "authorization: Bearer $KEY" -d '${JSON.stringify({ query })}'`;
  return [
    rule('What to try next'),
    "The supervisor's key opens what lies in the province, for reading:",
    `  export URL=${url} KEY=${world.supervisor.key}`,
    'The payments behind the first order:',
    ask(`{ sale(id: "${first?.sale.id ?? ''}") { lines { net { amount } attribution { lines { kind payeeKind amount status } } } } }`),
    'Where the rice comes from:',
    ask(
      `{ trace(batch: { id: "${batch?.id ?? ''}" }, direction: UPSTREAM) { nodes { depth batch { lot } } edges { quantity { value unit } } } }`,
    ),
    'What is public of it, as JSON-LD:',
    `  curl -sL -H 'accept: application/ld+json' $URL'/01/${batch?.gtin ?? ''}/10/${batch?.lot ?? ''}'`,
  ];
}

function nameOf(party: PartyReport): string {
  return party.organisation?.name.replace(/ [^\u0000-\u007f]+$/u, '') ?? NAMES[party.kind];
}

function percent(share: ShareInterval | null): string {
  if (!share) return 'no share';
  return share.low === share.high ? percentOf(share.low) : `between ${percentOf(share.low)} and ${percentOf(share.high)}`;
}

function percentOf(share: string): string {
  return `${(Number(share) * 100).toFixed(1)} %`;
}

function rule(title: string): string {
  return `── ${title} ${'─'.repeat(Math.max(0, WIDTH - title.length - 4))}`;
}
