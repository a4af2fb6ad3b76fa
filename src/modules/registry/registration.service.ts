import { Injectable } from '@nestjs/common';
import { DomainError } from '../../core/kernel/errors.js';
import { Database, violatedConstraint } from '../../platform/database/database.js';
import type { Tx } from '../../platform/database/tx.js';
import { IdempotencyService } from '../../platform/idempotency/idempotency.service.js';
import type { Principal } from '../identity/index.js';

/** What every mutation of the registry does around its own work. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyService,
  ) {}

  /** Runs `make` in a transaction, unless the client's id was accepted before. */
  async once(
    principal: Principal,
    kind: string,
    input: { readonly id: string },
    make: (tx: Tx) => Promise<void>,
  ): Promise<{ replayed: boolean }> {
    return this.database.transaction(async (tx) => {
      const request = { id: input.id, organisationId: principal.organisationId, kind, content: input };
      const { replayed } = await this.idempotency.once(tx, request, async () => {
        await make(tx);
        return {};
      });
      return { replayed };
    });
  }
}

/** An index on `supersedes` has this in its name, whatever its table. */
const SUPERSEDES = '_supersedes_';

/** Something of that name is there already, or was corrected already: the caller's mistake, not ours. */
export async function unique(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (constraint === null) throw error;
    throw new DomainError(constraint.includes(SUPERSEDES) ? 'FACT_SUPERSEDED' : 'ALREADY_EXISTS', { constraint });
  }
}
