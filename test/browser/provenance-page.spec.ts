import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { BrowserContext } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { TestApp } from '../support/app.js';
import { startTestApp } from '../support/app.js';
import type { ATracedPack } from '../support/builders/traced-pack.js';
import { aTracedPack } from '../support/builders/traced-pack.js';
import { CHROMIUM_FLAGS, chromiumPath, describeInBrowser } from '../support/chromium.js';

describeInBrowser('the page behind a printed Digital Link', () => {
  let world: TestApp;
  let pack: ATracedPack;
  let profile: string;
  let browser: BrowserContext;
  const requested: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    world = await startTestApp();
    pack = await aTracedPack(world.admin);
    profile = await mkdtemp(join(tmpdir(), 'sheaf-chromium-'));
    browser = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath() ?? '',
      args: [...CHROMIUM_FLAGS],
      locale: 'en-GB',
    });
    browser.on('request', (request) => requested.push(request.url()));
    browser.on('console', (message) => complaints.push(message.text()));
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await rm(profile, { recursive: true, force: true });
    await world.stop();
  });

  it('opens, with product, lot, harvests, journey and a QR code', async () => {
    const page = await browser.newPage();
    const response = await page.goto(world.url + pack.path);
    expect(response?.request().redirectedFrom()?.url()).toBe(world.url + pack.path);
    expect([response?.status(), new URL(page.url()).pathname]).toEqual([200, `/p${pack.path}`]);
    expect(await page.locator('h1').innerText()).toBe(pack.productName);
    const text = await page.locator('body').innerText();
    for (const shown of [pack.lot, pack.gtin, pack.cooperative.name, pack.mill.name, '10 households', '90 % of what'])
      expect(text).toContain(shown);
    const qr = await page.locator('svg').boundingBox();
    expect(qr?.width).toBeGreaterThan(100);
    expect(qr?.width).toBe(qr?.height);
    await page.close();
  });

  it('fits a narrow phone without scrolling sideways', async () => {
    const page = await browser.newPage();
    await page.setViewportSize({ width: 240, height: 320 });
    await page.goto(`${world.url}/p${pack.path}`);
    const widths = await page.evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]');
    expect((widths as number[])[0]).toBeLessThanOrEqual((widths as number[])[1]!);
    await page.close();
  });

  it('is found from the start page by its short code, and turns to another language', async () => {
    const page = await browser.newPage();
    await page.goto(`${world.url}/p${pack.path}`);
    const code = await page.locator('dt:text-is("Short code") + dd').innerText();
    await page.goto(world.url);
    await page.fill('input[name=code]', code);
    await page.click('button');
    expect(new URL(page.url()).pathname).toBe(`/p${pack.path}`);
    await page.click('a[hreflang=fr]');
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    expect(await page.locator('h2').first().innerText()).toBe('Récoltes');
    await page.close();
  });

  it('asked nobody else for anything, and broke none of its own policy', () => {
    expect(requested.filter((url) => !url.startsWith('data:') && !url.startsWith(world.url))).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
