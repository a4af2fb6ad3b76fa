import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { aSale, pieces } from '../../support/builders.js';
import type { ATracedPack } from '../../support/builders/traced-pack.js';
import { aTracedPack, LARGE_VILLAGE, SMALL_VILLAGE } from '../../support/builders/traced-pack.js';
import { SHARED_ANSWER_MS } from '../../../src/platform/graphql/shared-answers.js';

interface Provenance {
  readonly digitalLink: string;
  readonly status: string;
  readonly coverage: string;
  readonly recalled: boolean;
  readonly product: object;
  readonly harvests: readonly { readonly areaCode: string; readonly share: string | null; readonly households: number | null }[];
  readonly journey: readonly {
    readonly bizStep: string;
    readonly at: string;
    readonly organisation: string;
    readonly facility: string | null;
  }[];
}

const FIELDS = `digitalLink status coverage recalled product { name gtin netContent { value unit } }
  harvests { cooperative areaCode from to share households } journey { eventId bizStep at organisation facility }
  conditions { property } operations { kind } certificates { scheme } income { published reason band }`;
let world: TestApp;
let pack: ATracedPack;

beforeAll(async () => {
  world = await startTestApp();
  pack = await aTracedPack(world.admin);
}, 60_000);
afterAll(() => world.stop());

async function provenance(code: string): Promise<Provenance | null> {
  const ask = `query ($code: String!) { provenance(ref: { code: $code }) { ${FIELDS} } }`;
  return (await world.as(null).query<{ provenance: Provenance | null }>(ask, { code })).provenance;
}

describe('provenance', () => {
  it('tells a stranger product, harvests, journey and coverage of a pack', async () => {
    expect(await provenance(`https://id.gs1.org${pack.path}`)).toMatchObject({
      digitalLink: `https://id.gs1.org${pack.path}`,
      status: 'ACTIVE',
      // A tenth of what was milled is of unknown origin.
      coverage: '0.9',
      recalled: false,
      product: { name: pack.productName, gtin: pack.gtin, netContent: { value: '5', unit: 'KGM' } },
      conditions: [],
      operations: [],
      certificates: [],
    });
  });

  it('is found by any spelling of the link, on any host', async () => {
    const spellings = [`${world.url}${pack.path}`, `https://shop.example/x${pack.path}?15=270101`, pack.path];
    for (const code of spellings) expect([code, (await provenance(code))?.digitalLink]).toEqual([code, `https://id.gs1.org${pack.path}`]);
  });

  it('has harvests by village, without a count of fewer than ten households, and without a share that would tell theirs', async () => {
    const found = await provenance(pack.path);
    expect(found?.harvests).toHaveLength(2);
    expect(found?.harvests).toEqual(
      expect.arrayContaining([
        { cooperative: pack.cooperative.name, areaCode: LARGE_VILLAGE, from: '2026-05', to: '2026-05', share: null, households: 10 },
        { cooperative: pack.cooperative.name, areaCode: SMALL_VILLAGE, from: '2026-05', to: '2026-05', share: null, households: null },
      ]),
    );
  });

  it('has the journey in order, with the names of organisations', async () => {
    const journey = (await provenance(pack.path))?.journey ?? [];
    expect(journey.map((step) => step.at)).toEqual(journey.map((step) => step.at).sort());
    expect(journey[0]).toMatchObject({ bizStep: 'commissioning', at: '2026-05-10', organisation: pack.cooperative.name });
    expect(journey.at(-1)).toMatchObject({ bizStep: 'packing', at: '2026-05-30', organisation: pack.mill.name });
    expect(journey.map((step) => step.bizStep)).toContain('receiving');
    expect(journey.every((step) => step.facility !== null)).toBe(true);
  });

  it('publishes no income, and says why', async () => {
    expect(await provenance(pack.path)).toMatchObject({
      income: { published: false, reason: expect.stringMatching(/^No publication rules yet: /) as unknown, band: null },
    });
  });

  it('names no household, by any door', async () => {
    const answers = [
      JSON.stringify(await provenance(pack.path)),
      JSON.stringify(await provenance(pack.paddy.path)),
      ...(await Promise.all(
        [pack.path, pack.paddy.path].flatMap((path) =>
          ['text/html', 'application/ld+json', 'application/linkset+json'].map(async (accept) =>
            (await fetch(world.url + path, { headers: { accept } })).text(),
          ),
        ),
      )),
    ];
    expect(answers).toHaveLength(8);
    for (const answer of answers) for (const id of pack.householdIds) expect(answer).not.toContain(id);
  });

  it('is null where no batch has the code, and a rejection where the code can be none', async () => {
    expect(await provenance(`/01/${pack.gtin}/10/NOBODY`)).toBeNull();
    await expect(provenance('https://id.gs1.org/01/123/10/A')).rejects.toMatchObject({ code: 'DIGITAL_LINK_INVALID' });
    await expect(provenance('AAAAAAAAAB')).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('calls a batch used up when its last pack is sold, as soon as no older answer is given again', async () => {
    await aSale(pack.mill, { batch: { id: pack.batchId }, quantity: pieces('140') });
    const untilMs = Date.now() + SHARED_ANSWER_MS + 1_000;
    let status = (await provenance(pack.path))?.status;
    while (status !== 'USED_UP' && Date.now() < untilMs) {
      await delay(250);
      status = (await provenance(pack.path))?.status;
    }
    expect(status).toBe('USED_UP');
  }, 20_000);
});

describe('the page', () => {
  it('is in the reader’s language, under a strict policy', async () => {
    const response = await fetch(`${world.url}/p${pack.path}`, { headers: { 'accept-language': 'zh-CN,zh;q=0.9' } });
    expect([response.status, response.headers.get('content-language')]).toEqual([200, 'zh']);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    const html = await response.text();
    for (const text of ['批号', pack.lot, pack.cooperative.name, pack.mill.name, '<svg']) expect(html).toContain(text);
  });

  it('answers what it does not know with a page, too', async () => {
    expect((await fetch(`${world.url}/p/01/${pack.gtin}/10/NOBODY`)).status).toBe(404);
    const wrong = await fetch(`${world.url}/p/01/123`);
    expect([wrong.status, wrong.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
  });

  it('to start from leads on from what was typed', async () => {
    expect(await (await fetch(world.url)).text()).toContain('<form action="/"');
    const typed = async (code: string): Promise<string | null> =>
      (await fetch(`${world.url}/?code=${encodeURIComponent(code)}`, { redirect: 'manual' })).headers.get('location');
    expect(await typed(` ${world.url}${pack.path}?15=270101 `)).toBe(pack.path);
    expect(await typed('ab/c?d')).toBe('/t/ab%2Fc%3Fd');
    expect(await typed('//evil.example')).toBe('/t/%2F%2Fevil.example');
  });
});
