import type { LoggerService } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { LogLevel } from '../config/environment.js';

const RANK: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** One JSON line a record on standard error; standard output belongs to what a person asked to see. No payloads, no personal data. */
@Injectable()
export class Log implements LoggerService {
  constructor(private readonly level: LogLevel) {}

  write(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (RANK[level] > RANK[this.level]) return;
    process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', text(message), { context: rest.map(text) });
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', text(message), { context: rest.map(text) });
  }

  /** Nest's own chatter about routes and modules: of use only when debugging. */
  log(message: unknown, ...rest: unknown[]): void {
    this.write('debug', text(message), { context: rest.map(text) });
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', text(message), { context: rest.map(text) });
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.debug(message, ...rest);
  }
}

function text(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
