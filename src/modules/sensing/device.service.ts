import { Injectable } from '@nestjs/common';
import { at, DomainError } from '../../core/kernel/errors.js';
import { parseInstant } from '../../core/kernel/instant.js';
import { CHANNEL_LENGTH_MAX, CHANNELS_MAX } from '../../core/sensing/reading.js';
import { aliasKey, isAlias, isDeviceId, validDeviceId } from '../../core/sensing/topic.js';
import { Clock } from '../../platform/clock/clock.js';
import { hashSecret, newSecret } from '../../platform/crypto/sealing.js';
import { Database } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import type { PageRequest } from '../../platform/graphql/page.js';
import { IdempotencyService } from '../../platform/idempotency/idempotency.service.js';
import type { Principal } from '../identity/index.js';
import { checkName, IdentityService, oversees } from '../identity/index.js';
import { RegistryService } from '../registry/index.js';
import { newClaimCode } from './claim-code.js';
import { DeviceDirectory } from './device-directory.service.js';
import type { DeployDeviceInput, DeploymentPlaceInput, RegisterDeviceInput } from './device.input.js';
import { DeviceRepository } from './device.repository.js';
import type { DeviceView, StoredDeployment, StoredDevice } from './facts.js';

export const ALIASES_MAX = 20;
export const VEHICLE_LENGTH_MAX = 100;
/** A province drawn finely takes some tens of kilobytes. */
export const COVERAGE_CHARACTERS_MAX = 200_000;
const COVERAGE_TYPES: ReadonlySet<unknown> = new Set(['Polygon', 'MultiPolygon']);
const DEV_EUI = /^[0-9a-f]{16}$/;
const CONTROLS = /[\p{Cc}\p{Cs}]/u;

type Place = Pick<StoredDeployment, 'plotId' | 'facilityId' | 'vehicle' | 'coverage'>;

/** Devices and where they hang. */
@Injectable()
export class DeviceService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyService,
    private readonly identity: IdentityService,
    private readonly registry: RegistryService,
    private readonly repository: DeviceRepository,
    private readonly directory: DeviceDirectory,
    private readonly clock: Clock,
  ) {}

  /** The secret and the claim code are answered once and kept as hashes. */
  async register(
    principal: Principal,
    input: RegisterDeviceInput,
  ): Promise<{ replayed: boolean; secret: string | null; claimCode: string | null }> {
    this.identity.mayActFor(principal, input.organisationId);
    const [secret, claimCode] = [newSecret('device'), newClaimCode()];
    const { replayed } = await this.database.transaction(async (tx) => {
      const request = { id: input.id, organisationId: principal.organisationId, kind: 'registerDevice', content: input };
      return this.idempotency.once(tx, request, async () => {
        const device = await this.draft(tx, input);
        const isNew = await this.repository.insert(tx, { ...device, secretHash: hashSecret(secret), claimCodeHash: hashSecret(claimCode) });
        if (!isNew) throw new DomainError('ALREADY_EXISTS', { deviceId: device.deviceId }, ['input', 'deviceId']);
        const free = await this.repository.insertAliases(tx, device.id, device.aliases);
        const taken = device.aliases.find((alias) => !free.has(alias));
        if (taken !== undefined) throw new DomainError('ALREADY_EXISTS', { alias: taken }, ['input', 'aliases']);
        tx.afterCommit(() => this.directory.forget(device));
        return {};
      });
    });
    return replayed ? { replayed, secret: null, claimCode: null } : { replayed, secret, claimCode };
  }

  /** Appends; where deployments of a channel overlap, the one that began last is where it hangs. */
  async deploy(principal: Principal, input: DeployDeviceInput): Promise<{ replayed: boolean; deployment: StoredDeployment }> {
    return this.database.transaction(async (tx) => {
      const device = await this.require(tx, principal, input.deviceId, ['input', 'deviceId']);
      this.identity.mayActFor(principal, device.organisationId);
      const request = { id: input.id, organisationId: principal.organisationId, kind: 'deployDevice', content: input };
      const { replayed } = await this.idempotency.once(tx, request, async () => {
        const from = parseInstant(input.from).epochMs;
        const to = input.to ? parseInstant(input.to).epochMs : null;
        if (to !== null && to <= from) throw new DomainError('DATES_OUT_OF_ORDER', { from: input.from, to: input.to }, ['input', 'to']);
        await this.repository.insertDeployment(tx, {
          id: input.id,
          deviceId: device.id,
          channels: checkChannels(input.channels ?? null),
          ...(await this.placeOf(tx, device, input.at)),
          from: new Date(from),
          to: to === null ? null : new Date(to),
          depthCm: input.depthCm ?? null,
          recordedAt: new Date(this.clock.nowMs()),
        });
        tx.afterCommit(() => this.directory.forget(device));
        return {};
      });
      const deployment = (await this.repository.deployments(tx, [device.id])).find(({ id }) => id === input.id);
      if (!deployment) throw new DomainError('NOT_FOUND', { deploymentId: input.id });
      return { replayed, deployment };
    });
  }

  /** One more than the page holds, where there is more. */
  async page(principal: Principal, page: PageRequest): Promise<DeviceView[]> {
    const tx = this.database.reader;
    const organisationIds = await this.visibleOrganisations(principal);
    const devices = await this.repository.page(tx, { organisationIds, after: afterName(page.after) }, page.size + 1);
    const deployments = await this.repository.deployments(
      tx,
      devices.map(({ id }) => id),
    );
    return devices.map((device) => ({ ...device, deployments: deployments.filter(({ deviceId }) => deviceId === device.id) }));
  }

  /** Whose devices the principal sees; null: everybody's. */
  async visibleOrganisations(principal: Principal): Promise<readonly string[] | null> {
    if (!oversees(principal)) return [principal.organisationId];
    if (principal.areaCode === null) return null;
    return [...(await this.identity.visible(principal, await this.repository.organisationIds(this.database.reader)))];
  }

  /** Throws NOT_FOUND, also for a device that the principal may not see. */
  async require(tx: Tx, principal: Principal, id: string, path: readonly string[]): Promise<StoredDevice> {
    const [device] = await this.repository.devices(tx, [id]);
    const visible = device ? await this.identity.visible(principal, [device.organisationId]) : null;
    if (!device || !visible?.has(device.organisationId)) throw new DomainError('NOT_FOUND', { deviceId: id }, path);
    return device;
  }

  private async draft(tx: Tx, input: RegisterDeviceInput): Promise<StoredDevice> {
    await this.identity.requireOrganisation(tx, input.organisationId);
    const deviceId = at(['input', 'deviceId'], () => validDeviceId(input.deviceId));
    const gatewayId = input.gatewayId ?? null;
    if (gatewayId !== null) {
      const [gateway] = await this.repository.devices(tx, [gatewayId]);
      if (gateway?.organisationId !== input.organisationId) throw new DomainError('NOT_FOUND', { gatewayId }, ['input', 'gatewayId']);
    }
    return {
      id: input.id,
      deviceId,
      organisationId: input.organisationId,
      model: checkName(input.model),
      gatewayId,
      aliases: checkAliases(input.aliases ?? [], deviceId),
      registeredAt: new Date(this.clock.nowMs()),
    };
  }

  private async placeOf(tx: Tx, device: StoredDevice, place: DeploymentPlaceInput): Promise<Place> {
    const nowhere: Place = { plotId: null, facilityId: null, vehicle: null, coverage: null };
    if (place.plotId) {
      const [plot] = await this.registry.plots([place.plotId], tx);
      if (!plot) throw new DomainError('NOT_FOUND', { plotId: place.plotId }, ['input', 'at', 'plotId']);
      return { ...nowhere, plotId: plot.id };
    }
    if (place.facilityId) {
      await this.registry.requireFacilityOf(tx, place.facilityId, device.organisationId);
      return { ...nowhere, facilityId: place.facilityId };
    }
    if (place.coverage) return { ...nowhere, coverage: checkCoverage(place.coverage) };
    return { ...nowhere, vehicle: checkVehicle(place.vehicle ?? '') };
  }
}

/** DevEUIs in lower case, each once. A device that is named by its DevEUI is found by it. */
function checkAliases(aliases: readonly string[], deviceId: string): string[] {
  if (aliases.length > ALIASES_MAX) throw new DomainError('TOO_MANY_ITEMS', { max: ALIASES_MAX }, ['input', 'aliases']);
  aliases.forEach((alias, i) => {
    if (!isAlias(alias)) throw new DomainError('DEVICE_ID_INVALID', {}, ['input', 'aliases', String(i)]);
  });
  const all = aliasKey(deviceId) === deviceId && !DEV_EUI.test(deviceId) ? aliases : [...aliases, deviceId];
  return [...new Set(all.map(aliasKey))];
}

function checkChannels(channels: readonly string[] | null): string[] | null {
  if (channels === null) return null;
  if (channels.length > CHANNELS_MAX) throw new DomainError('TOO_MANY_ITEMS', { max: CHANNELS_MAX }, ['input', 'channels']);
  const wrong = channels.findIndex((channel) => channel === '' || channel.length > CHANNEL_LENGTH_MAX || CONTROLS.test(channel));
  if (channels.length === 0 || wrong >= 0) {
    throw new DomainError('BAD_INPUT', { expected: `names of 1 to ${CHANNEL_LENGTH_MAX} characters, or no list` }, ['input', 'channels']);
  }
  return [...new Set(channels)];
}

function checkVehicle(vehicle: string): string {
  const name = vehicle.trim();
  if (name === '' || name.length > VEHICLE_LENGTH_MAX || CONTROLS.test(name)) {
    throw new DomainError('BAD_INPUT', { expected: `1 to ${VEHICLE_LENGTH_MAX} characters` }, ['input', 'at', 'vehicle']);
  }
  return name;
}

function checkCoverage(coverage: object): object {
  const { type, coordinates } = coverage as { type?: unknown; coordinates?: unknown };
  const text = JSON.stringify(coverage);
  if (!COVERAGE_TYPES.has(type) || !Array.isArray(coordinates) || text.length > COVERAGE_CHARACTERS_MAX || text.includes('\\u0000')) {
    throw new DomainError('BAD_INPUT', { expected: 'a Polygon or MultiPolygon of RFC 7946' }, ['input', 'at', 'coverage']);
  }
  return coverage;
}

function afterName(cursor: string | null): string | null {
  if (cursor !== null && !isDeviceId(cursor)) throw new DomainError('BAD_INPUT', { expected: 'a cursor of an answer' }, ['after']);
  return cursor;
}
