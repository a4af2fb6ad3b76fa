/** A kind of work: the module that raises it owns the type, the module that does it brings the handler (architecture, rule 4). */
export interface JobType<Payload> {
  /** Also the name of its queue. No colon: BullMQ refuses it. */
  readonly name: string;
  /** Same key, same work: while one waits, another is not added. No colon. */
  readonly key: (payload: Payload) => string;
}

export interface JobHandler<Payload> {
  readonly type: JobType<Payload>;
  readonly concurrency: number;
  handle(payload: Payload): Promise<void>;
}

/** Work that comes by itself, every so often. */
export interface PeriodicHandler {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<void>;
}
