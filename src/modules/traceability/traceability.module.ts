import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { LedgerModule } from '../ledger/index.js';
import { RegistryModule } from '../registry/index.js';
import { AggregationService } from './aggregation.service.js';
import { AncestryRepository } from './ancestry.repository.js';
import { AncestryService } from './ancestry.service.js';
import { BatchLoaders } from './batch-loaders.js';
import { BatchReadingService } from './batch-reading.service.js';
import { BatchRepository } from './batch.repository.js';
import { BatchResolver, HoldingResolver, SupplyEventResolver } from './batch.resolver.js';
import { BatchService } from './batch.service.js';
import { CaptureResolver } from './capture.resolver.js';
import { CaptureService } from './capture.service.js';
import { DeliveryGroups } from './delivery-group.service.js';
import { DeliveryLookup } from './delivery-lookup.service.js';
import { DeliveryRepository } from './delivery.repository.js';
import { DeliveryService } from './delivery.service.js';
import { EventRepository } from './event.repository.js';
import { EventService } from './event.service.js';
import { GraphService } from './graph.service.js';
import { HoldingRepository } from './holding.repository.js';
import { LogisticUnitRepository } from './logistic-unit.repository.js';
import { ReceiptService } from './receipt.service.js';
import { SeasonRepository } from './season.repository.js';
import { SeasonService } from './season.service.js';
import { SellingService } from './selling.service.js';
import { ShipmentRepository } from './shipment.repository.js';
import { ShipmentService } from './shipment.service.js';
import { StepRepository } from './step.repository.js';
import { TransformationService } from './transformation.service.js';

@Module({
  imports: [IdentityModule, RegistryModule, LedgerModule],
  providers: [
    AncestryRepository,
    BatchRepository,
    DeliveryRepository,
    EventRepository,
    HoldingRepository,
    LogisticUnitRepository,
    SeasonRepository,
    ShipmentRepository,
    StepRepository,
    AggregationService,
    AncestryService,
    BatchLoaders,
    BatchReadingService,
    BatchService,
    CaptureService,
    DeliveryGroups,
    DeliveryLookup,
    DeliveryService,
    EventService,
    GraphService,
    ReceiptService,
    SeasonService,
    SellingService,
    ShipmentService,
    TransformationService,
    BatchResolver,
    CaptureResolver,
    HoldingResolver,
    SupplyEventResolver,
  ],
  exports: [AncestryService, BatchReadingService, BatchService, CaptureService, EventService, GraphService, SellingService],
})
export class TraceabilityModule {}
