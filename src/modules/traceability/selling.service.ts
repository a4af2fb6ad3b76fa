import { Injectable } from '@nestjs/common';
import { Stock } from '../../core/batch/stock.js';
import { organisationParty } from '../../core/epcis/place.js';
import { sellingEvent } from '../../core/epcis/selling.js';
import { convert } from '../../core/kernel/quantity.js';
import { Clock } from '../../platform/clock/clock.js';
import type { Tx } from '../../platform/database/tx.js';
import { IdentityService } from '../identity/index.js';
import { RegistryService } from '../registry/index.js';
import { BatchRepository } from './batch.repository.js';
import { EventService } from './event.service.js';
import type { SellCommand, SoldFrom } from './facts.js';
import { HoldingRepository } from './holding.repository.js';

@Injectable()
export class SellingService {
  constructor(
    private readonly batches: BatchRepository,
    private readonly holdings: HoldingRepository,
    private readonly events: EventService,
    private readonly identity: IdentityService,
    private readonly registry: RegistryService,
    private readonly clock: Clock,
  ) {}

  /**
   * Draws what a final sale takes from the seller's holdings and records the selling event; one list a take, for a take may come from
   * several holdings. Throws BATCH_OVERDRAWN, CUSTODY_WRONG, UNIT_MISMATCH, NET_CONTENT_MISSING, TIME_IN_FUTURE.
   */
  async sell(tx: Tx, command: SellCommand): Promise<{ eventId: string; sold: SoldFrom[][] }> {
    const batchIds = [...new Set(command.takes.map((take) => take.batch.id))];
    await this.batches.lock(tx, batchIds);
    const products = await this.registry.products(
      command.takes.map((take) => take.batch.productId),
      tx,
    );
    const stock = new Stock(await this.holdings.lock(tx, batchIds));
    const sold = command.takes.map((take) => {
      const product = products.find((one) => one.id === take.batch.productId);
      const quantity = convert(take.quantity, product?.dimension ?? take.quantity.dimension, product?.netContent ?? null);
      const inputs = stock.takeBatch(take.batch.id, command.sellerId, quantity.amount);
      return inputs.map((input) => ({
        batchId: take.batch.id,
        holdingId: input.holdingId,
        quantity: input.quantity,
        dimension: quantity.dimension,
      }));
    });
    const seller = await this.identity.requireOrganisation(tx, command.sellerId);
    const event = sellingEvent({
      captureId: command.captureId,
      eventTime: command.at,
      goods: command.takes.map((take) => ({ epcClass: take.batch.digitalLink, quantity: take.quantity })),
      seller: organisationParty(seller.id, seller.gln),
    });
    const { captureId, at } = command;
    const eventId = await this.events.append(tx, {
      captureId,
      kind: 'SELLING',
      at,
      organisationId: command.sellerId,
      facilityId: null,
      event,
    });
    await this.holdings.save(tx, stock.changed(), new Date(this.clock.nowMs()));
    await this.batches.noteDrawn(tx, batchIds, new Date(at.epochMs));
    return { eventId, sold };
  }
}
