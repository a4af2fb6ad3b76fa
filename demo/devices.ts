import type { Households } from './households.js';
import { idOf } from './values.js';
import type { Organisation, World } from './world.js';

/** A probe with a SIM card: its own credential, the platform's own topics. */
export interface NativeProbe {
  readonly id: string;
  readonly deviceId: string;
  readonly secret: string;
}

/** A LoRaWAN probe: its gateway speaks for it, under its DevEUI. */
export interface LoraProbe {
  readonly id: string;
  readonly devEui: string;
  readonly name: string;
}

export interface Devices {
  readonly native: readonly NativeProbe[];
  readonly gateway: NativeProbe;
  readonly lora: readonly LoraProbe[];
}

const NATIVE_EACH = 3;
const LORA_COUNT = 4;
const DEPTH_CM = 20;

/** Three probes with SIM cards in each county, and in the rice fields four more behind a ChirpStack gateway; each on a plot since spring. */
export async function deployDevices(world: World, households: Households): Promise<Devices> {
  const from = world.calendar.at('03-01', '08:00');
  const native: NativeProbe[] = [];
  const sites = [
    { owner: world.kiwi, label: 'xw', homes: households.kiwi },
    { owner: world.rice, label: 'gd', homes: households.rice },
  ];
  for (const { owner, label, homes } of sites) {
    for (let index = 0; index < NATIVE_EACH; index += 1) {
      const deviceId = `${label}-soil-${String(index + 1).padStart(2, '0')}`;
      const probe = await register(owner, { deviceId, model: 'SOIL-4G-3' });
      await deploy(owner, { deviceId: probe.id, plotId: homes[index * 5]?.plotId, from });
      native.push(probe);
    }
  }
  const gateway = await register(world.rice, { deviceId: 'gd-lorawan-gateway-01', model: 'LORAWAN-GATEWAY' });
  const lora: LoraProbe[] = [];
  for (let index = 0; index < LORA_COUNT; index += 1) {
    const devEui = `24e124${String(7_260_000_000 + index + 1)}`;
    const name = `gd-paddy-${String(index + 1).padStart(2, '0')}`;
    const { id } = await register(world.rice, { deviceId: name, model: 'EM500-SMTC', aliases: [devEui], gatewayId: gateway.id });
    await deploy(world.rice, { deviceId: id, plotId: households.rice[16 + index * 3]?.plotId, from });
    lora.push({ id, devEui, name });
  }
  return { native, gateway, lora };
}

async function register(
  owner: Organisation,
  device: { readonly deviceId: string; readonly model: string; readonly aliases?: readonly string[]; readonly gatewayId?: string },
): Promise<NativeProbe> {
  const id = idOf('device', device.deviceId);
  const { secret } = await owner.manager.mutate<{ secret: string }>(
    'registerDevice',
    { id, organisationId: owner.id, ...device },
    'id secret',
  );
  return { id, deviceId: device.deviceId, secret };
}

async function deploy(owner: Organisation, of: { deviceId: string; plotId: string | undefined; from: string }): Promise<void> {
  const { deviceId, plotId, from } = of;
  if (plotId === undefined) throw new Error('A probe hangs on a plot.');
  await owner.clerk.mutate('deployDevice', { id: idOf('deployment', deviceId), deviceId, at: { plotId }, from, depthCm: DEPTH_CM });
}
