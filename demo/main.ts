import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Calendar } from './calendar.js';
import { claimDataDirectory, freshDataDirectory } from './data-directory.js';
import { deployDevices } from './devices.js';
import { playFieldSeason } from './field-season.js';
import { GraphqlClient } from './graphql-client.js';
import { registerHouseholds } from './households.js';
import { growKiwi } from './kiwi.js';
import type { Platform } from './platform-process.js';
import { startPlatform } from './platform-process.js';
import { Progress } from './progress.js';
import { growAndMillRice } from './rice.js';
import type { SaleReport } from './sale-report.js';
import type { ShopSales } from './shops.js';
import { runShops } from './shops.js';
import { attributed } from './shop-orders.js';
import { playSmallWorld } from './small-world.js';
import type { StorySale } from './story.js';
import { tellStory } from './story.js';
import { registerWorld } from './world.js';

/** Drives a running platform through its public doors, from the first organisation to the last attributed sale, and tells the story. */
async function play(platform: Platform, progress: Progress): Promise<void> {
  const { url, mqttUrl } = platform;
  const admin = new GraphqlClient(url, platform.administratorKey);
  const world = await registerWorld(admin, new Calendar(Date.now()));
  progress.step('Two cooperatives, a mill with a web shop and a supervisor, each with keys by role; places and products.');
  const households = await registerHouseholds(world);
  const everybody = [...households.kiwi, ...households.rice];
  const poor = everybody.filter(({ standing }) => standing === 'REGISTERED').length;
  const unknown = everybody.filter(({ standing }) => standing === null).length;
  progress.step(
    `${String(everybody.length)} households with their plots: ${String(poor)} registered as poor, ${String(unknown)} without any entry.`,
  );
  const devices = await deployDevices(world, households);
  progress.step(
    `${String(devices.native.length)} soil probes with SIM cards, ${String(devices.lora.length)} behind a LoRaWAN gateway, each with its credential.`,
  );
  const field = await playFieldSeason(world, devices, mqttUrl, progress);
  const kiwi = await growKiwi(world, households, progress);
  const rice = await growAndMillRice(world, households, progress);
  const sold = await runShops(world, { kiwi, rice }, url, progress);
  const smallWorld = await playSmallWorld(world, households);
  const kiwiSales = await attributed(world.supervisor, sold.kiwi.saleIds);
  const riceSales = await attributed(world.supervisor, sold.rice.saleIds);
  progress.step(`${String(kiwiSales.length + riceSales.length + 1)} sales attributed.`);
  const sales = [storySale('A box of kiwi', sold.kiwi, kiwiSales), storySale('A pack of rice', sold.rice, riceSales)];
  await tellStory({ url, world, field, sales, all: [...kiwiSales, ...riceSales], smallWorld }, progress);
}

function storySale(title: string, { orders }: ShopSales, reports: readonly SaleReport[]): StorySale {
  const [order] = orders;
  const [sale] = reports;
  if (!order || !sale) throw new Error('A shop that sold has a first order.');
  return { title, order, sale };
}

/** The command. */
async function main(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const progress = new Progress((text) => process.stdout.write(text));
  const asked = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => asked.abort());
  const dataDir = resolve(env.DEMO_DATA_DIR ?? './data/demo');
  await freshDataDirectory(dataDir);
  progress.step(`Starting the platform on a fresh database in ${dataDir} ...`);
  try {
    const platform = await startPlatform(platformEnvironment(env, dataDir), asked.signal);
    await claimDataDirectory(dataDir, platform.pid);
    try {
      progress.step(`The platform is up: ${platform.url}/graphql and ${platform.mqttUrl}`);
      await play(platform, progress);
      if (env.DEMO_EXIT !== '1') await stayUp(platform, progress, asked.signal);
    } finally {
      await platform.stop();
      await claimDataDirectory(dataDir, null);
    }
  } catch (error) {
    // Who stops a demo in the middle of it wants no report of what then failed.
    if (!asked.signal.aborted) throw error;
  }
}

function platformEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  dataDir: string,
): Readonly<Record<string, string | undefined>> {
  return {
    ...env,
    DATA_DIR: dataDir,
    PORT: env.PORT ?? '0',
    MQTT_PORT: env.MQTT_PORT ?? '0',
    // The world is made up and its keys are on the screen: nobody else's business.
    HOST: env.HOST ?? '127.0.0.1',
    LOG_LEVEL: env.LOG_LEVEL ?? 'error',
    // A throw-away database and key, whatever the shell is set up for.
    DATABASE_URL: undefined,
    ADMIN_API_KEY: undefined,
  };
}

async function stayUp(platform: Platform, progress: Progress, asked: AbortSignal): Promise<void> {
  progress.say('', `The platform stays up at ${platform.url} (administrator ${platform.administratorKey}). Ctrl-C drains and stops it.`);
  const code = await platform.ended;
  if (!asked.aborted) throw new Error(`The platform ended by itself with code ${String(code)}.`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.env).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\nThe demo has failed.\n`);
      process.exit(1);
    },
  );
}
