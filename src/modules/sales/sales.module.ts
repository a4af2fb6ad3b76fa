import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { LedgerModule } from '../ledger/index.js';
import { RegistryModule } from '../registry/index.js';
import { TraceabilityModule } from '../traceability/index.js';
import { FulfilmentService } from './fulfilment.service.js';
import { LinePlanService } from './line-plan.service.js';
import { ProposalService } from './proposal.service.js';
import { SaleRecordingService } from './sale-recording.service.js';
import { SaleRepository } from './sale.repository.js';
import { SaleResolver } from './sale.resolver.js';
import { SaleService } from './sale.service.js';
import { ShopWebhookController } from './shop-webhook.controller.js';
import { ShopWebhookService } from './shop-webhook.service.js';
import { Listing, Shop } from './shop.entity.js';
import { ShopRepository } from './shop.repository.js';
import { ShopResolver } from './shop.resolver.js';
import { ShopService } from './shop.service.js';
import { StockDrawingService } from './stock-drawing.service.js';
import { WebhookRepository } from './webhook.repository.js';

@Module({
  imports: [IdentityModule, RegistryModule, LedgerModule, TraceabilityModule],
  controllers: [ShopWebhookController],
  providers: [
    ShopRepository,
    SaleRepository,
    WebhookRepository,
    ShopService,
    LinePlanService,
    ProposalService,
    StockDrawingService,
    SaleRecordingService,
    FulfilmentService,
    SaleService,
    ShopWebhookService,
    ShopResolver,
    SaleResolver,
  ],
  exports: [SaleService],
})
export class SalesModule {
  static readonly entities = [Shop, Listing];
}
