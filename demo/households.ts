import { inParallel } from './parallel.js';
import { Chance } from './random.js';
import type { Input } from './values.js';
import { idOf, mu } from './values.js';
import type { Organisation, World } from './world.js';
import { GUIDING, XIUWEN } from './world.js';

export interface Household {
  readonly id: string;
  readonly plotId: string;
  /** Tenths of a mu. */
  readonly tenthsOfMu: number;
  /** What the register says; null: nothing, so that nobody can tell whether it is poor. */
  readonly standing: Standing | null;
}

type Standing = 'REGISTERED' | 'EXITED' | 'MONITORED' | 'NOT_REGISTERED';

export interface Households {
  readonly kiwi: readonly Household[];
  readonly rice: readonly Household[];
}

const SURNAMES = '王 李 陈 罗 杨 吴 张 刘 黄 周 韦 蒙 莫 岑 龙 石'.split(' ') as [string, ...string[]];
const GIVEN = [
  '国华',
  '秀英',
  '明贵',
  '春梅',
  '德才',
  '小兰',
  '永福',
  '桂花',
  '光荣',
  '金凤',
  '正洪',
  '朝芬',
  '兴旺',
  '玉珍',
  '启林',
  '美仙',
] as [string, ...string[]];
const CATEGORIES = ['突发严重困难户', '边缘易致贫户', '脱贫不稳定户'] as [string, ...string[]];
/** Two of the sixty have no entry at all: what they earn counts at the high end of an interval only. */
const KIWI_STANDINGS: readonly [Standing | null, number][] = [
  ['REGISTERED', 9],
  ['EXITED', 5],
  ['MONITORED', 4],
  ['NOT_REGISTERED', 9],
  [null, 1],
];
const RICE_STANDINGS: readonly [Standing | null, number][] = [
  ['REGISTERED', 11],
  ['EXITED', 5],
  ['MONITORED', 4],
  ['NOT_REGISTERED', 11],
  [null, 1],
];
const AT_ONCE = 6;

interface Village {
  readonly key: string;
  readonly cooperative: Organisation;
  readonly areaCode: string;
  readonly standings: readonly [Standing | null, number][];
  /** A corner of the fields, degrees (WGS 84). */
  readonly longitude: number;
  readonly latitude: number;
}

/** Sixty households with a plot each, and what the register of the poor says about them, by the register's own keeper. */
export async function registerHouseholds(world: World): Promise<Households> {
  const kiwi = { key: 'kiwi', cooperative: world.kiwi, areaCode: XIUWEN, standings: KIWI_STANDINGS, longitude: 106.59, latitude: 26.84 };
  const rice = { key: 'rice', cooperative: world.rice, areaCode: GUIDING, standings: RICE_STANDINGS, longitude: 107.23, latitude: 26.58 };
  return { kiwi: await village(world, kiwi, new Chance(520_123)), rice: await village(world, rice, new Chance(522_723)) };
}

async function village(world: World, place: Village, chance: Chance): Promise<Household[]> {
  const standings = chance.shuffled(place.standings.flatMap(([standing, count]) => Array.from({ length: count }, () => standing)));
  // All chance is drawn before anything is sent: the order of the answers must not matter.
  const plans = standings.map((standing, index) => planOf(world, place, { standing, index }, chance));
  return inParallel(plans, AT_ONCE, async ({ household, registration, plot, statuses }) => {
    await place.cooperative.clerk.mutate('registerHousehold', registration);
    await place.cooperative.clerk.mutate('registerPlot', plot);
    for (const status of statuses) await world.supervisor.mutate('recordHouseholdStatus', status);
    return household;
  });
}

interface Plan {
  readonly household: Household;
  readonly registration: Input;
  readonly plot: Input;
  readonly statuses: readonly Input[];
}

function planOf(world: World, place: Village, who: { standing: Standing | null; index: number }, chance: Chance): Plan {
  const { standing, index } = who;
  const { areaCode, cooperative } = place;
  const id = idOf('household', place.key, index);
  const plotId = idOf('plot', place.key, index);
  const tenthsOfMu = chance.between(18, 72);
  const surname = chance.pick(SURNAMES);
  const member = (head: boolean): Input => ({
    id: idOf('member', place.key, index, head ? 'head' : 'partner'),
    name: `${head ? surname : chance.pick(SURNAMES)}${chance.pick(GIVEN)}`,
    sex: chance.pick(['male', 'female']),
    birthYear: chance.between(1955, 1995),
    head,
  });
  const category = chance.pick(CATEGORIES);
  return {
    household: { id, plotId, tenthsOfMu, standing },
    registration: { id, areaCode, cooperativeId: cooperative.id, memberSince: '2019-03-01', members: [member(true), member(false)] },
    plot: {
      id: plotId,
      owner: { householdId: id },
      areaCode,
      geometry: fieldOf(place, index, tenthsOfMu),
      declaredArea: mu(`${String(Math.floor(tenthsOfMu / 10))}.${String(tenthsOfMu % 10)}`),
    },
    statuses: statusesOf(world, { id, standing, category }),
  };
}

/** The whole history: who exited or is watched was registered before. */
function statusesOf(world: World, of: { id: string; standing: Standing | null; category: string }): Input[] {
  const { id, standing, category } = of;
  const entry = (kind: Standing, validFrom: string): Input => ({
    id: idOf('status', id, kind),
    householdId: id,
    status: { kind, validFrom, register: 'GZ-PREVENTION-MONITORING', ...(kind === 'REGISTERED' && { category }) },
  });
  switch (standing) {
    case null:
      return [];
    case 'REGISTERED':
      return [entry('REGISTERED', '2021-05-01')];
    case 'EXITED':
      return [entry('REGISTERED', '2017-03-01'), entry('EXITED', '2020-11-23')];
    case 'MONITORED':
      return [entry('REGISTERED', '2017-03-01'), entry('EXITED', '2020-11-23'), entry('MONITORED', world.calendar.day('01-15'))];
    case 'NOT_REGISTERED':
      return [entry('NOT_REGISTERED', '2021-05-01')];
  }
}

/** A rectangle of the declared area on a terrace, twice as long as wide; the plots stand side by side in rows of eight. */
function fieldOf(place: Village, index: number, tenthsOfMu: number): Input {
  const metresPerDegree = 111_320;
  const width = Math.sqrt((tenthsOfMu * 2_000) / 30 / 2);
  const east = (metres: number): number => metres / (metresPerDegree * Math.cos((place.latitude * Math.PI) / 180));
  const north = (metres: number): number => metres / metresPerDegree;
  const west = place.longitude + east((index % 8) * 120);
  const south = place.latitude + north(Math.floor(index / 8) * 90);
  const corner = (x: number, y: number): number[] => [Number((west + x).toFixed(6)), Number((south + y).toFixed(6))];
  const ring = [corner(0, 0), corner(east(2 * width), 0), corner(east(2 * width), north(width)), corner(0, north(width)), corner(0, 0)];
  return { type: 'Polygon', coordinates: [ring] };
}
