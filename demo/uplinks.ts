import type { Calendar } from './calendar.js';
import type { LoraProbe, NativeProbe } from './devices.js';
import type { Chance } from './random.js';
import { idOf } from './values.js';

export interface Uplink {
  readonly topic: string;
  readonly payload: string;
}

/** What one credential publishes in a season. */
export interface Stream {
  readonly principal: NativeProbe;
  readonly uplinks: readonly Uplink[];
  /** How many different messages must stand in the platform afterwards, by the device they belong to. */
  readonly stored: ReadonlyMap<string, number>;
}

const WEEKS = 30;
const BACKFILL_DAYS = 20;
const APPLICATION_ID = idOf('chirpstack application');

/**
 * A probe with a SIM card, once a week. Three of them have a story: the first repeats four messages, because it never saw their
 * acknowledgement; the second lost its network for three weeks and sends its log afterwards, together with a line of garbage; the third
 * sends five weeks late and in the wrong order.
 */
export function nativeStream(probe: NativeProbe, index: number, calendar: Calendar, chance: Chance): Stream {
  const readings = Array.from({ length: WEEKS }, (_, week) => {
    const values = soil(week * 7, chance);
    return JSON.stringify({ t: calendar.after('03-02', week * 168 + 6 + index * 0.1), seq: week + 1, v: values });
  });
  const up = (payload: string): Uplink => ({ topic: `agri/v1/${probe.deviceId}/up`, payload });
  const state: Uplink = { topic: `agri/v1/${probe.deviceId}/state`, payload: JSON.stringify({ battery: 3.6, rssi: -97, fw: '1.4.2' }) };
  const stored = new Map([[probe.id, WEEKS]]);
  switch (index) {
    case 0:
      return { principal: probe, uplinks: [...readings, ...readings.slice(-4)].map(up).concat(state), stored };
    case 1: {
      const log = Array.from({ length: BACKFILL_DAYS * 2 }, (_, half) => ({
        t: calendar.after('06-20', half * 12 + 0.5),
        seq: 1_000 + half,
        v: soil(110 + half / 2, chance),
      }));
      const hist: Uplink = { topic: `agri/v1/${probe.deviceId}/hist`, payload: JSON.stringify(log) };
      const garbage = up('{"t": "2026-06-19T23:58:00+08:00", "seq": 999, "v": {"soil_moist');
      return { principal: probe, uplinks: [...readings.map(up), garbage, hist, state], stored: new Map([[probe.id, WEEKS + log.length]]) };
    }
    case 2:
      return { principal: probe, uplinks: [...readings.slice(5), ...readings.slice(0, 5).reverse()].map(up).concat(state), stored };
    default:
      return { principal: probe, uplinks: readings.map(up).concat(state), stored };
  }
}

/** What ChirpStack publishes for the probes behind a gateway: a join, an uplink a week, now and then a status; one uplink comes twice. */
export function chirpStackStream(gateway: NativeProbe, probes: readonly LoraProbe[], calendar: Calendar, chance: Chance): Stream {
  const uplinks = probes.flatMap((probe, place) => {
    const topic = (event: string): string => `application/${APPLICATION_ID}/device/${probe.devEui}/event/${event}`;
    const time = (week: number): string => calendar.after('03-03', week * 168 + 7 + place * 0.3);
    const weekly = Array.from({ length: WEEKS }, (_, week) => {
      const payload = JSON.stringify(up(probe, { week, time: time(week), values: soil(week * 7, chance), gatewayId: '24e124fffef0a1b2' }));
      return { topic: topic('up'), payload };
    });
    const about = { deduplicationId: idOf('join', probe.devEui), time: time(0), deviceInfo: deviceInfo(probe) };
    const join = { topic: topic('join'), payload: JSON.stringify({ ...about, devAddr: devAddr(probe) }) };
    const status = { topic: topic('status'), payload: JSON.stringify({ ...about, margin: 9, batteryLevel: 92.1 }) };
    return [join, ...weekly, ...weekly.slice(-1), status];
  });
  return { principal: gateway, uplinks, stored: new Map(probes.map(({ id }) => [id, WEEKS])) };
}

/** What every probe of the demo measures. */
export const CHANNELS = ['soil_moisture', 'soil_temp', 'air_temp'] as const;

/** Tenths: wet in spring, a dry spell in July, warm in summer. */
function soil(dayOfSeason: number, chance: Chance): Record<(typeof CHANNELS)[number], number> {
  const summer = Math.sin((Math.PI * dayOfSeason) / 214);
  const dry = dayOfSeason > 120 && dayOfSeason < 150 ? 80 : 0;
  return {
    soil_moisture: (340 - dry + chance.between(-25, 25)) / 10,
    soil_temp: (Math.round(110 + 140 * summer) + chance.between(-12, 12)) / 10,
    air_temp: (Math.round(120 + 160 * summer) + chance.between(-30, 30)) / 10,
  };
}

function up(probe: LoraProbe, of: { week: number; time: string; values: ReturnType<typeof soil>; gatewayId: string }): object {
  const { week, time, values, gatewayId } = of;
  return {
    deduplicationId: idOf('uplink', probe.devEui, week),
    time,
    deviceInfo: deviceInfo(probe),
    devAddr: devAddr(probe),
    adr: true,
    dr: 3,
    // JSON of proto3 leaves out zeros.
    ...(week > 0 && { fCnt: week }),
    fPort: 85,
    data: frame(values),
    object: values,
    rxInfo: [{ gatewayId, uplinkId: 41_000 + week, rssi: -101, snr: 6.5, context: 'AAAAAA==' }],
    txInfo: { frequency: 486_300_000, modulation: { lora: { bandwidth: 125_000, spreadingFactor: 9, codeRate: 'CR_4_5' } } },
  };
}

/** The bytes on the air: channel, type, little-endian value; 0x67 is a temperature in tenths, 0x68 a humidity in halves. */
function frame(values: ReturnType<typeof soil>): string {
  const bytes = Buffer.from([0x03, 0x67, 0, 0, 0x04, 0x68, 0]);
  bytes.writeInt16LE(Math.round(values.soil_temp * 10), 2);
  bytes.writeUInt8(Math.round(values.soil_moisture * 2), 6);
  return bytes.toString('base64');
}

function deviceInfo(probe: LoraProbe): object {
  return {
    tenantId: idOf('chirpstack tenant'),
    tenantName: 'Guiding',
    applicationId: APPLICATION_ID,
    applicationName: 'paddy fields',
    deviceProfileId: idOf('chirpstack profile'),
    deviceProfileName: 'EM500-SMTC',
    deviceName: probe.name,
    devEui: probe.devEui,
    tags: {},
  };
}

function devAddr(probe: LoraProbe): string {
  return `00${probe.devEui.slice(-6)}`;
}
