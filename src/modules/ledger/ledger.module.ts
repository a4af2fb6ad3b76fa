import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { RegistryModule } from '../registry/index.js';
import { JournalRepository } from './journal.repository.js';
import { LedgerService } from './ledger.service.js';
import { PaymentChangesRepository } from './payment-changes.repository.js';
import { PaymentEvidenceService } from './payment-evidence.service.js';
import { PaymentRepository } from './payment.repository.js';
import { PaymentService } from './payment.service.js';

@Module({
  imports: [IdentityModule, RegistryModule],
  providers: [PaymentRepository, PaymentChangesRepository, JournalRepository, PaymentService, PaymentEvidenceService, LedgerService],
  exports: [PaymentService, LedgerService],
})
export class LedgerModule {}
