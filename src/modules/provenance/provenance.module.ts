import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { RegistryModule } from '../registry/index.js';
import { TraceabilityModule } from '../traceability/index.js';
import { DigitalLinkController } from './digital-link.controller.js';
import { DigitalLinkService } from './digital-link.service.js';
import { KeptAnswers } from './kept-answers.js';
import { PageController } from './page.controller.js';
import { ProvenanceResolver } from './provenance.resolver.js';
import { ProvenanceService } from './provenance.service.js';
import { QrController } from './qr.controller.js';

/** Owns no table: what it shows is read through the doors of others. */
@Module({
  imports: [IdentityModule, RegistryModule, TraceabilityModule],
  controllers: [DigitalLinkController, PageController, QrController],
  providers: [DigitalLinkService, KeptAnswers, ProvenanceService, ProvenanceResolver],
})
export class ProvenanceModule {}
