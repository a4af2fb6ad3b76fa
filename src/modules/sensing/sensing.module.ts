import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { RegistryModule } from '../registry/index.js';
import { DeviceDirectory } from './device-directory.service.js';
import { DeviceRepository } from './device.repository.js';
import { DeviceResolver } from './device.resolver.js';
import { DeviceService } from './device.service.js';
import { IngestService } from './ingest.service.js';
import { MessageRepository } from './message.repository.js';
import { ReadingRepository } from './reading.repository.js';
import { ReadingResolver } from './reading.resolver.js';
import { ReadingService } from './reading.service.js';
import { ReadingSubscriber } from './reading.subscriber.js';

@Module({
  imports: [IdentityModule, RegistryModule],
  providers: [
    DeviceRepository,
    MessageRepository,
    ReadingRepository,
    DeviceDirectory,
    DeviceService,
    IngestService,
    ReadingService,
    DeviceResolver,
    ReadingResolver,
    ReadingSubscriber,
  ],
  exports: [ReadingService],
})
export class SensingModule {}
