import { Args, Mutation, Resolver } from '@nestjs/graphql';
import type { DomainError } from '../../core/kernel/errors.js';
import { plainDetail } from '../../platform/graphql/format-error.js';
import type { Principal } from '../identity/index.js';
import { By } from '../identity/index.js';
import { batchModel } from '../traceability/index.js';
import { CaptureQueueService } from './capture-queue.service.js';
import { CaptureItemInput } from './capture.input.js';
import type { RejectionModel } from './capture.model.js';
import { CaptureResultModel } from './capture.model.js';

@Resolver()
export class CaptureQueueResolver {
  constructor(private readonly queue: CaptureQueueService) {}

  @Mutation(() => [CaptureResultModel], {
    description: 'An offline queue in one call: each item stands or falls alone; order inside the call is kept.',
  })
  async capture(
    @By() by: Principal,
    @Args('items', { type: () => [CaptureItemInput] }) items: CaptureItemInput[],
  ): Promise<CaptureResultModel[]> {
    const results = await this.queue.capture(by, items);
    return results.map(({ id, status, eventId, batch, error }) => ({
      id,
      status,
      eventId,
      batch: batch && batchModel(batch),
      error: error && rejectionOf(error),
    }));
  }
}

function rejectionOf(error: DomainError): RejectionModel {
  const { code, message, path, retryable, detail } = error;
  return { code, message, path: [...path], retryable, detail: plainDetail(detail) };
}
