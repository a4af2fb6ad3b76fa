import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { LedgerModule } from '../ledger/index.js';
import { RegistryModule } from '../registry/index.js';
import { SalesModule } from '../sales/index.js';
import { TraceabilityModule } from '../traceability/index.js';
import { AttributionReadingService } from './attribution-reading.service.js';
import { AttributionProcessor } from './attribution.processor.js';
import { AttributionRepository } from './attribution.repository.js';
import { AttributionResolver, SaleLineAttributionResolver } from './attribution.resolver.js';
import { AttributionService } from './attribution.service.js';
import { ReconcileService } from './reconcile.service.js';

@Module({
  imports: [IdentityModule, RegistryModule, LedgerModule, TraceabilityModule, SalesModule],
  providers: [
    AttributionRepository,
    AttributionService,
    AttributionReadingService,
    ReconcileService,
    AttributionProcessor,
    SaleLineAttributionResolver,
    AttributionResolver,
  ],
  exports: [AttributionService, AttributionReadingService, ReconcileService],
})
export class IncomeModule {}
