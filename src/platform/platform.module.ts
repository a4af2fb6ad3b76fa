import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { Cache } from './cache/cache.js';
import { Clock } from './clock/clock.js';
import type { Environment } from './config/environment.js';
import { BlindIndex } from './crypto/blind-index.js';
import { DataKeyRepository } from './crypto/data-key.repository.js';
import { DataKeys } from './crypto/data-keys.js';
import { MasterKeys } from './crypto/master-keys.js';
import { Sealing } from './crypto/sealing.js';
import type { Secrets } from './crypto/secrets.js';
import { Database } from './database/database.js';
import { BlobStore } from './files/blob-store.js';
import { FileContent } from './files/file-content.js';
import { FileRepository } from './files/file.repository.js';
import { FileService } from './files/file.service.js';
import { UploadService } from './files/upload.service.js';
import { GraphqlApiModule } from './graphql/graphql-api.module.js';
import { HealthController } from './health/health.controller.js';
import { Health } from './health/health.js';
import { ClientRequestRepository } from './idempotency/client-request.repository.js';
import { ContentHash } from './idempotency/content-hash.js';
import { IdempotencyService } from './idempotency/idempotency.service.js';
import { Log } from './logging/log.js';
import { PubSub } from './pubsub/pubsub.js';
import { JobQueue } from './queue/job-queue.js';
import type { Services } from './services.js';
import { Settings } from './config/settings.js';

/** What main.ts has opened before the application is put together. */
export interface Runtime extends Services {
  readonly environment: Environment;
  readonly log: Log;
  readonly clock: Clock;
  readonly secrets: Secrets;
}

/** The adapters, for everybody. */
@Module({})
export class PlatformModule {
  static with(runtime: Runtime): DynamicModule {
    const health = new Health();
    for (const indicator of runtime.indicators) health.register(indicator);
    const providers = [
      { provide: Log, useValue: runtime.log },
      { provide: Clock, useValue: runtime.clock },
      { provide: Database, useValue: runtime.database },
      { provide: JobQueue, useValue: runtime.queue },
      { provide: Cache, useValue: runtime.cache },
      { provide: PubSub, useValue: runtime.pubSub },
      { provide: BlobStore, useValue: runtime.blobs },
      { provide: Sealing, useValue: runtime.sealing },
      { provide: MasterKeys, useValue: runtime.secrets.masters },
      { provide: BlindIndex, useValue: new BlindIndex(runtime.secrets.pepper) },
      { provide: ContentHash, useValue: new ContentHash(runtime.secrets.pepper) },
      DataKeyRepository,
      DataKeys,
      { provide: Settings, useValue: new Settings(runtime.environment) },
      { provide: Health, useValue: health },
      ClientRequestRepository,
      IdempotencyService,
      FileRepository,
      FileContent,
      FileService,
      UploadService,
    ];
    return {
      module: PlatformModule,
      global: true,
      imports: [GraphqlApiModule],
      controllers: [HealthController],
      providers,
      exports: [...providers, GraphqlApiModule],
    };
  }
}
