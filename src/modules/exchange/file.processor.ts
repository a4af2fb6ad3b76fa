import { Injectable } from '@nestjs/common';
import { UploadService } from '../../platform/files/upload.service.js';
import { JobQueue } from '../../platform/queue/job-queue.js';

export const FILES_SWEPT_EVERY_MS = 600_000;

/** What nobody went on with, and what nobody named, goes. */
@Injectable()
export class FileProcessor {
  constructor(queue: JobQueue, uploads: UploadService) {
    queue.registerPeriodic({ name: 'files-sweep', everyMs: FILES_SWEPT_EVERY_MS, run: () => uploads.sweep() });
  }
}
