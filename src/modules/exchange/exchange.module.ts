import { Module } from '@nestjs/common';
import { SalesModule } from '../sales/index.js';
import { TraceabilityModule } from '../traceability/index.js';
import { CaptureQueueService } from './capture-queue.service.js';
import { CaptureQueueResolver } from './capture.resolver.js';
import { FileController } from './file.controller.js';
import { FileProcessor } from './file.processor.js';

@Module({
  imports: [TraceabilityModule, SalesModule],
  controllers: [FileController],
  providers: [CaptureQueueService, CaptureQueueResolver, FileProcessor],
})
export class ExchangeModule {}
