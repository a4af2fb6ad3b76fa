import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SeasonSize } from './season.js';
import { aSeason } from './season.js';
import { postOf, socketLoad } from './socket-load.js';
import type { Benchmark } from './support.js';
import { percentile, startServer, tell } from './support.js';

const QUESTION = `query ($code: String!) { provenance(ref: {code: $code}) { digitalLink shortCode lot status product { name gtin netContent { value unit } }
  harvests { cooperative areaCode from to share households } journey { eventId bizStep at organisation facility }
  income { published reason } recalled coverage } }`;
const SIZE: SeasonSize = { lots: 50, deliveriesPerLot: 12, packsPerLot: 24 };
const SMOKE: SeasonSize = { lots: 2, deliveriesPerLot: 3, packsPerLot: 3 };
const HOT = 100;
const ROUNDS = 9;

/**
 * Provenance by code over more than a thousand batches. Not cached: with a key, so that the policy is asked and no shared answer is given.
 * Cached: without one. Limits in the same run, each in a process of its own: the same reads by hand; one constant body over bare HTTP.
 */
export const run: Benchmark = async ({ smoke }) => {
  const server = await startServer();
  const raw = await startRaw(server.databaseUrl);
  try {
    const season = await aSeason(server.admin, smoke ? SMOKE : SIZE);
    const codes = season.packs.map((pack) => pack.digitalLink);
    const key = { authorization: `Bearer ${season.managerKey}` };
    const bodyFor = (code: string): string => JSON.stringify({ query: QUESTION, variables: { code } });
    const example = await requireSameAnswers(server.url, raw.url, codes, key, bodyFor);
    process.stdout.write(
      `  ${String(Math.min(codes.length, HOT))} batches answered alike with a key, without one, and again from the cache\n`,
    );
    if (smoke) return;
    await fetch(`${raw.url}/keep`, { method: 'POST', body: example });
    const uncached = codes.map((code) => postOf('/graphql', bodyFor(code), key));
    const strangers = codes.slice(0, HOT).map((code) => postOf('/graphql', bodyFor(code)));
    const constant = [postOf('/constant', bodyFor(codes[0] ?? ''))];
    const cases = {
      raw: () => load(raw.url, turn(uncached)),
      uncached: () => load(server.url, turn(uncached)),
      ceiling: () => load(raw.url, turn(constant)),
      cached: () => load(server.url, turn(strangers)),
    };
    // The first round warms up, and does not count. The rounds are short and the cases take turns: what else the machine does hits them all.
    const rounds: Record<keyof typeof cases, number>[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const figures = {
        raw: await cases.raw(),
        uncached: await cases.uncached(),
        ceiling: await cases.ceiling(),
        cached: await cases.cached(),
      };
      if (round > 0) rounds.push(figures);
    }
    const middle = (of: (figures: (typeof rounds)[number]) => number): number =>
      percentile(
        rounds.map(of).sort((x, y) => x - y),
        0.5,
      );
    process.stdout.write(`  ${String(codes.length)} batches, ${String(example.length)} bytes an answer\n`);
    tell(
      'raw: node:http and pg, the same reads',
      middle((one) => one.raw),
      'requests/s',
    );
    tell(
      'GraphQL, policy on, not cached',
      middle((one) => one.uncached),
      'requests/s',
    );
    tell(
      'bare HTTP, a constant body of that size',
      middle((one) => one.ceiling),
      'requests/s',
    );
    tell(
      'GraphQL, cached',
      middle((one) => one.cached),
      'requests/s',
    );
    const ratios = { uncached: middle((one) => one.uncached / one.raw), cached: middle((one) => one.cached / one.ceiling) };
    process.stdout.write(
      `  median of ${String(ROUNDS)} rounds: not cached ${ratios.uncached.toFixed(2)} of raw, cached ${ratios.cached.toFixed(2)} of bare HTTP\n`,
    );
  } finally {
    raw.stop();
    await server.stop();
  }
};

/** Everybody gets the batch that was asked for, strangers twice the same; the raw limit answers about as much. Answers one such body. */
async function requireSameAnswers(
  url: string,
  rawUrl: string,
  codes: readonly string[],
  key: Readonly<Record<string, string>>,
  bodyFor: (code: string) => string,
): Promise<string> {
  let example = '';
  for (const code of codes.slice(0, HOT)) {
    const ask = async (where: string, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
      const sent = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: bodyFor(code) };
      return (await fetch(`${where}/graphql`, sent)).text();
    };
    const withKey = await ask(url, key);
    const answers = [await ask(url), await ask(url), await ask(url)];
    for (const answer of answers) assert.equal(answer, withKey, 'A stranger gets what the bearer of a key gets, cached or not.');
    const told = JSON.parse(withKey) as { data: { provenance: { digitalLink: string; coverage: string; journey: unknown[] } } };
    assert.equal(told.data.provenance.digitalLink, code);
    assert.equal(told.data.provenance.coverage, '1');
    assert.equal(told.data.provenance.journey.length, 2, 'Deliveries and packing.');
    const byHand = await ask(rawUrl);
    assert.ok(Math.abs(byHand.length - withKey.length) < withKey.length / 5, `The raw limit answers as much: ${byHand} ${withKey}`);
    example = withKey;
  }
  return example;
}

function load(url: string, next: () => Buffer): Promise<number> {
  return socketLoad({ url, inFlight: 32, warmUpMs: 300, durationMs: 2_000, next });
}

function turn(requests: readonly Buffer[]): () => Buffer {
  let i = 0;
  return () => requests[(i += 1) % requests.length] ?? Buffer.alloc(0);
}

async function startRaw(databaseUrl: string): Promise<{ url: string; stop(): void }> {
  const program = fileURLToPath(new URL('./raw-provenance.js', import.meta.url));
  const child = spawn(process.execPath, [program, databaseUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  process.once('exit', () => child.kill());
  const port = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('The raw server ended before it was up.')));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const [, found] = /listening on (\d+)/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill() };
}
