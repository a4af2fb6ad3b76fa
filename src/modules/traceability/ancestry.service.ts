import { Injectable } from '@nestjs/common';
import { canonicalise } from '../../core/gs1/digital-link.js';
import { parseShortCode } from '../../core/gs1/short-code.js';
import { DomainError } from '../../core/kernel/errors.js';
import { Database } from '../../platform/database/database.js';
import { AncestryRepository } from './ancestry.repository.js';
import type { Ancestor, StandingBatch } from './facts.js';
import { UPSTREAM_STEPS_MAX } from './graph.service.js';

/** A batch and all it came from, for those who show it to anybody. */
@Injectable()
export class AncestryService {
  constructor(
    private readonly database: Database,
    private readonly ancestry: AncestryRepository,
  ) {}

  /** By digital link (any spelling, own host or not) or short code; null where there is none. Throws what the two throw. */
  async byCode(code: string): Promise<StandingBatch | null> {
    const tx = this.database.reader;
    const link = code.includes('/') || code.startsWith('urn:') ? canonicalise(code) : null;
    return link === null ? this.ancestry.standing(tx, 'shortCode', parseShortCode(code)) : this.ancestry.standing(tx, 'digitalLink', link);
  }

  /** Null where there is none. */
  async byId(batchId: string): Promise<StandingBatch | null> {
    return this.ancestry.standing(this.database.reader, 'id', batchId);
  }

  /** All steps upstream of the batch. Throws COMPOSITION_TOO_LARGE. */
  async ancestors(batch: Pick<StandingBatch, 'id'>): Promise<Ancestor[]> {
    const ancestors = await this.ancestry.ancestors(this.database.reader, batch.id, UPSTREAM_STEPS_MAX);
    if (!ancestors) throw new DomainError('COMPOSITION_TOO_LARGE', { stepsMax: UPSTREAM_STEPS_MAX });
    return ancestors;
  }
}
