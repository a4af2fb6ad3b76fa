import { assert } from '../../core/kernel/assert.js';

const declared = new Set<string>();

/**
 * A kind of work: the module that raises it owns the type, the module that does it brings the handler (architecture, rule 4). A type is
 * known to the platform from the moment it is made, so that a start can refuse when nobody handles it.
 */
export class JobType<Payload> {
  /** Nothing that merely looks like a type is one: it would not be declared. */
  protected readonly isDeclared = true;
  /** Also the name of its queue. */
  readonly name: string;
  /** Same key, same work: while one waits, another is not added. No colon: BullMQ refuses it. */
  readonly key: (payload: Payload) => string;

  constructor(definition: { readonly name: string; readonly key: (payload: Payload) => string }) {
    assert(/^[a-z][a-z0-9-]*$/.test(definition.name), 'The name of a job type is of small letters, digits and hyphens.');
    assert(!declared.has(definition.name), 'No two job types have one name.');
    declared.add(definition.name);
    this.name = definition.name;
    this.key = definition.key;
  }
}

/** The names of all types that the loaded modules have made. */
export function declaredJobTypes(): readonly string[] {
  return [...declared].sort();
}

export interface JobHandler<Payload> {
  readonly type: JobType<Payload>;
  readonly concurrency: number;
  handle(payload: Payload): Promise<void>;
}

/** Work that comes by itself, every so often, in every process that works: it must bear to run in two at once. */
export interface PeriodicHandler {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<void>;
}
