import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import { parseInstant } from '../../core/kernel/instant.js';
import { Database } from '../../platform/database/database.js';
import type { PageRequest } from '../../platform/graphql/page.js';
import type { Principal } from '../identity/index.js';
import { DeviceRepository } from './device.repository.js';
import { DeviceService } from './device.service.js';
import type { ChannelSummary, StoredReading } from './facts.js';
import type { ReadingFilterInput } from './reading.input.js';
import { readCursor } from './reading-cursor.js';
import { ReadingRepository } from './reading.repository.js';

/** Devices whose readings one question may merge. */
export const READING_DEVICES_MAX = 2_000;

@Injectable()
export class ReadingService {
  constructor(
    private readonly database: Database,
    private readonly service: DeviceService,
    private readonly devices: DeviceRepository,
    private readonly readings: ReadingRepository,
  ) {}

  /** One more than the page holds, where there is more. */
  async page(principal: Principal, filter: ReadingFilterInput, page: PageRequest): Promise<StoredReading[]> {
    const from = instantOf(filter.from);
    const to = instantOf(filter.to);
    if (from && to && to < from) throw new DomainError('DATES_OUT_OF_ORDER', { from: filter.from, to: filter.to }, ['filter', 'to']);
    const { plotId = null, channel = null, flags = null } = filter;
    const deviceIds = await this.devicesOf(principal, filter);
    const question = { deviceIds, plotId, channel, flags, from, to, after: readCursor(page.after) };
    return this.readings.page(this.database.reader, question, page.size + 1);
  }

  /** What hung on these plots said, channel by channel, from (included) to (not included). */
  async summaries(plotIds: readonly string[], from: Date, to: Date): Promise<ChannelSummary[]> {
    return plotIds.length === 0 ? [] : this.readings.summaries(this.database.reader, plotIds, from, to);
  }

  private async devicesOf(principal: Principal, { deviceId, plotId }: ReadingFilterInput): Promise<readonly string[]> {
    const tx = this.database.reader;
    if (deviceId) return [(await this.service.require(tx, principal, deviceId, ['filter', 'deviceId'])).id];
    const organisationIds = await this.service.visibleOrganisations(principal);
    const ids = await this.devices.idsOf(tx, { organisationIds, plotId: plotId ?? null }, READING_DEVICES_MAX + 1);
    if (ids.length > READING_DEVICES_MAX) {
      throw new DomainError('TOO_MANY_ITEMS', { expected: 'a deviceId or plotId', devicesMax: READING_DEVICES_MAX }, ['filter']);
    }
    return ids;
  }
}

function instantOf(text: string | null | undefined): Date | null {
  return text ? new Date(parseInstant(text).epochMs) : null;
}
