import { DomainError } from '../../core/kernel/errors.js';
import type { StoredReading } from './facts.js';

/** Where a page of readings ended; messages that come in later do not move it. */
export interface ReadingCursor {
  readonly measuredAt: Date;
  readonly messageId: string;
  readonly position: number;
}

const CURSOR = /^(\d{1,16})\|(\d{1,18})\|(\d{1,6})$/;

export function cursorOf(reading: Pick<StoredReading, 'measuredAt' | 'messageId' | 'position'>): string {
  return `${reading.measuredAt.getTime()}|${reading.messageId}|${reading.position}`;
}

/** Throws BAD_INPUT. */
export function readCursor(text: string | null): ReadingCursor | null {
  if (text === null) return null;
  const [, measuredAtMs, messageId, position] = CURSOR.exec(text) ?? [];
  const measuredAt = new Date(Number(measuredAtMs));
  if (messageId === undefined || Number.isNaN(measuredAt.getTime())) {
    throw new DomainError('BAD_INPUT', { expected: 'a cursor of an answer' }, ['after']);
  }
  return { measuredAt, messageId, position: Number(position) };
}
