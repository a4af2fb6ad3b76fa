import { Module } from '@nestjs/common';
import { SalesModule } from '../sales/index.js';
import { TraceabilityModule } from '../traceability/index.js';
import { CaptureQueueService } from './capture-queue.service.js';
import { CaptureQueueResolver } from './capture.resolver.js';

@Module({
  imports: [TraceabilityModule, SalesModule],
  providers: [CaptureQueueService, CaptureQueueResolver],
})
export class ExchangeModule {}
