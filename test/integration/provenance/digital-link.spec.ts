import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import { aGtin } from '../../support/builders.js';
import type { ATracedPack } from '../../support/builders/traced-pack.js';
import { aTracedPack } from '../../support/builders/traced-pack.js';

interface Document {
  readonly type: string;
  readonly epcisBody: { readonly eventList: readonly Readonly<Record<string, unknown>>[] };
}
interface Links {
  readonly linkset: readonly Readonly<Record<string, unknown>>[];
}

const VOCABULARY = 'https://ref.gs1.org/voc/';
let world: TestApp;
let pack: ATracedPack;

beforeAll(async () => {
  world = await startTestApp();
  pack = await aTracedPack(world.admin);
}, 60_000);
afterAll(() => world.stop());

async function ask(path: string, accept?: string, method = 'GET'): Promise<Response> {
  return fetch(world.url + path, { method, redirect: 'manual', headers: accept === undefined ? {} : { accept } });
}

describe('a Digital Link', () => {
  it.each([undefined, '*/*', 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'])(
    'leads a reader to the page, query and all (Accept: %s)',
    async (accept) => {
      const response = await ask(`${pack.path}?15=270101&utm=x`, accept);
      expect(response.status).toBe(307);
      expect(response.headers.get('location')).toBe(`/p${pack.path}?15=270101&utm=x`);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('link')).toContain('?linkType=linkset>; rel="linkset"');
    },
  );

  it('answers HEAD like GET, without a body', async () => {
    const response = await ask(pack.path, undefined, 'HEAD');
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe(`/p${pack.path}`);
  });

  it('bears a trailing slash', async () => {
    expect((await ask(`${pack.path}/`)).headers.get('location')).toBe(`/p${pack.path}`);
  });

  it('with a serial, a GTIN-13 or a variant leads to the same batch', async () => {
    for (const path of [`${pack.path}/21/S1`, pack.path.replace('/01/0', '/01/'), pack.path.replace('/10/', '/22/V/10/')]) {
      const response = await ask(path);
      expect([path, response.status]).toEqual([path, 307]);
      const page = await fetch(world.url + (response.headers.get('location') ?? ''));
      expect(page.status).toBe(200);
      expect(await page.text()).toContain(pack.lot);
    }
  });

  it('answers programs with the EPCIS document of the public events upstream', async () => {
    for (const accept of ['application/ld+json', 'application/json']) {
      const response = await ask(pack.path, accept);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain(accept);
      const document = (await response.json()) as Document;
      expect(document.type).toBe('EPCISDocument');
      expect(document.epcisBody.eventList.map((event) => event['bizStep'])).toContain('packing');
      expect(document.epcisBody.eventList.every((event) => /^ni:\/\/\/sha-256;/.test(String(event['eventID'])))).toBe(true);
    }
  });

  it('tells no program what a single household delivered', async () => {
    const response = await ask(pack.path, 'application/ld+json');
    expect(await response.text()).not.toContain('deliveryDigest');
  });

  it('answers a linkset of batch and product with one default link', async () => {
    for (const [path, accept] of [
      [pack.path, 'application/linkset+json'],
      [`${pack.path}?linkType=linkset`, 'text/html'],
    ] as const) {
      const response = await ask(path, accept);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('application/linkset+json');
      const { linkset } = (await response.json()) as Links;
      expect(linkset.map((context) => context['anchor'])).toEqual([world.url + pack.path, `${world.url}/01/${pack.gtin}`].map(asPublic));
      const page = asPublic(`${world.url}/p${pack.path}`);
      expect(linkset.flatMap((context) => context[`${VOCABULARY}defaultLink`] ?? [])).toEqual([
        { href: page, title: `${pack.productName}, lot ${pack.lot}` },
      ]);
      expect(linkset[0]?.[`${VOCABULARY}traceability`]).toMatchObject([{ href: page, type: 'text/html' }]);
    }
  });

  it('with a link type leads there, or nowhere', async () => {
    expect((await ask(`${pack.path}?linkType=gs1:traceability`, 'application/json')).headers.get('location')).toMatch(`/p${pack.path}`);
    const none = await ask(`${pack.path}?linkType=gs1:recallStatus`);
    expect(none.status).toBe(404);
    expect(await none.json()).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('of a product without a lot leads to the product', async () => {
    const response = await ask(`/01/${pack.gtin}`);
    expect(response.headers.get('location')).toBe(`/p/01/${pack.gtin}`);
    const document = (await (await ask(`/01/${pack.gtin}`, 'application/ld+json')).json()) as Readonly<Record<string, unknown>>;
    expect(document).toMatchObject({ '@type': 'gs1:Product', 'gs1:productName': pack.productName });
  });

  it.each([
    ['a wrong check digit', (own: ATracedPack) => `/01/${own.gtin.slice(0, 13)}${String((Number(own.gtin.at(-1)) + 1) % 10)}/10/A`],
    ['a lot of 21 characters', (own: ATracedPack) => `/01/${own.gtin}/10/${'A'.repeat(21)}`],
    ['qualifiers out of order', (own: ATracedPack) => `/01/${own.gtin}/21/S/10/A`],
    ['an unknown key', (own: ATracedPack) => `/01/${own.gtin}/99/A`],
    ['a path of its own before it', (own: ATracedPack) => `/01/x/y${own.path}`],
  ])('with %s is refused with its reason', async (_, path) => {
    const response = await ask(path(pack), 'text/html');
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toMatchObject({ code: 'DIGITAL_LINK_INVALID' });
  });

  it('that nobody made is not found: a page for readers, a problem for programs', async () => {
    for (const path of [`/01/${pack.gtin}/10/NOBODY`, `/01/${aGtin()}`]) {
      const page = await ask(path, 'text/html');
      expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect(await page.text()).toContain('Nothing is known under this code');
      const problem = await ask(path, 'application/json');
      expect(problem.status).toBe(404);
      expect(await problem.json()).toMatchObject({ code: 'NOT_FOUND' });
    }
  });
});

describe('a short code', () => {
  it('leads to the page of its batch, however it is typed', async () => {
    const { provenance } = await world
      .as(null)
      .query<{ provenance: { shortCode: string } }>('query ($code: String!) { provenance(ref: { code: $code }) { shortCode } }', {
        code: `https://id.gs1.org${pack.path}`,
      });
    const typed = `${provenance.shortCode.slice(0, 5)}-${provenance.shortCode.slice(5)}`.toLowerCase();
    const response = await ask(`/t/${typed}`);
    expect([response.status, response.headers.get('location')]).toEqual([307, `/p${pack.path}`]);
    expect((await ask(`/t/${typed}`, 'application/ld+json')).status).toBe(200);
  });

  it('that is mistyped says so', async () => {
    const page = await ask('/t/AAAAAAAAAB', 'text/html');
    expect([page.status, page.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    expect((await (await ask('/t/AAAAAAAAAB', 'application/json')).json()) as object).toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('a QR code', () => {
  it('is served for what exists, as SVG and PNG', async () => {
    const svg = await ask(`/qr${pack.path}.svg`);
    expect([svg.status, svg.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(await svg.text()).toMatch(/^<svg /);
    const png = await ask(`/qr${pack.path}.png`);
    expect([png.status, png.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(
      Buffer.from(await png.arrayBuffer())
        .subarray(1, 4)
        .toString('latin1'),
    ).toBe('PNG');
  });

  it.each(['/10/NOBODY.svg', '/10/NOBODY.gif'])('is not served for %s', async (rest) => {
    expect((await ask(`/qr/01/${pack.gtin}${rest}`)).status).toBe(404);
  });
});

/** Links carry PUBLIC_URL, which by default is localhost, whatever name the client used. */
function asPublic(address: string): string {
  return address.replace('//127.0.0.1', '//localhost');
}
