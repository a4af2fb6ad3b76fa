import { Module } from '@nestjs/common';
import { RegistryModule } from '../registry/index.js';
import { JournalRepository } from './journal.repository.js';
import { LedgerService } from './ledger.service.js';
import { PaymentChangesRepository } from './payment-changes.repository.js';
import { PaymentRepository } from './payment.repository.js';
import { PaymentService } from './payment.service.js';

@Module({
  imports: [RegistryModule],
  providers: [PaymentRepository, PaymentChangesRepository, JournalRepository, PaymentService, LedgerService],
  exports: [PaymentService, LedgerService],
})
export class LedgerModule {}
