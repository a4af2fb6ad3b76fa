import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { NamingRecords } from '../../platform/files/file-user.js';
import { FileService } from '../../platform/files/file.service.js';
import type { Principal } from '../identity/index.js';
import { IdentityService } from '../identity/index.js';
import { PAYMENT_RECORD } from './payment-facts.js';
import { PaymentRepository } from './payment.repository.js';

/** Who may see the evidence of a payment: the organisations at its two ends, the one that recorded it, and whoever oversees one of these. */
@Injectable()
export class PaymentEvidenceService implements NamingRecords {
  readonly kind = PAYMENT_RECORD;

  constructor(
    files: FileService,
    private readonly database: Database,
    private readonly identity: IdentityService,
    private readonly payments: PaymentRepository,
  ) {
    files.registerRecords(this);
  }

  async visible(by: Principal, paymentIds: readonly string[]): Promise<ReadonlySet<string>> {
    const concerned = await this.payments.organisationsConcerned(this.database.reader, paymentIds);
    const seen = await this.identity.visible(by, [...new Set(concerned.map(({ organisationId }) => organisationId))]);
    return new Set(concerned.filter(({ organisationId }) => seen.has(organisationId)).map(({ paymentId }) => paymentId));
  }
}
