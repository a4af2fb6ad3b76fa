import type { RedisOptions } from 'ioredis';
import { Redis } from 'ioredis';
import type { Log } from '../logging/log.js';
import type { RedisFacts } from './redis-fitness.js';
import { factOf, problemOfRedis } from './redis-fitness.js';

export const REDIS_CONNECT_TIMEOUT_MS = 10_000;
/** A Redis that does not answer holds a request up no longer than this. */
export const REDIS_COMMAND_TIMEOUT_MS = 5_000;
export const REDIS_RECONNECT_MS_MAX = 2_000;
const REDIS_CLOSE_MS_MAX = 2_000;
/** In front of every key and channel, so that others may use the same Redis. */
export const REDIS_PREFIX = 'sheaf';

/** The connections of one process to Redis, which queue, cache and pub/sub share. */
export class RedisConnections {
  private readonly opened: Redis[] = [];

  /** For commands that a request waits for: while Redis is away they are refused at once instead of kept. */
  readonly commands: Redis;

  private constructor(
    private readonly url: string,
    private readonly log: Log,
  ) {
    this.commands = this.connect('commands', {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: REDIS_COMMAND_TIMEOUT_MS,
      lazyConnect: true,
    });
  }

  /** Throws with a sentence for the operator where Redis cannot be reached, or is not fit to keep jobs. */
  static async open(url: string, log: Log): Promise<RedisConnections> {
    const facts = await factsOf(url);
    const problem = problemOfRedis(facts);
    if (problem !== null) throw new Error(problem);
    if (facts.policy === null) {
      log.write('warn', 'Redis does not tell whether it evicts: make sure that its maxmemory-policy is noeviction, else jobs get lost.');
    }
    const connections = new RedisConnections(url, log);
    await connections.commands.connect();
    return connections;
  }

  /** A connection of one's own, for whoever waits: commands are kept while Redis is away, for as long as it takes. */
  patient(name: string): Redis {
    return this.connect(name, { maxRetriesPerRequest: null });
  }

  async ping(): Promise<void> {
    await this.commands.ping();
  }

  /** The number of the URL's database: channels, unlike keys, are shared by all databases of one Redis. */
  get database(): number {
    return this.commands.options.db ?? 0;
  }

  /** Resolves when no connection stands any more. */
  async close(): Promise<void> {
    await Promise.all(this.opened.splice(0).map(closeRedis));
  }

  private connect(name: string, options: RedisOptions): Redis {
    const redis = new Redis(this.url, {
      connectTimeout: REDIS_CONNECT_TIMEOUT_MS,
      connectionName: `${REDIS_PREFIX}-${name}`,
      retryStrategy: (attempt: number) => Math.min(attempt * 100, REDIS_RECONNECT_MS_MAX),
      ...options,
    });
    tellOutages(redis, name, this.log);
    this.opened.push(redis);
    return redis;
  }
}

/** Tells that a connection is lost and that it is back, each once an outage, not once an attempt. */
function tellOutages(redis: Redis, name: string, log: Log): void {
  let away = false;
  redis.on('error', (error: Error) => {
    if (away) return;
    away = true;
    log.write('warn', 'Redis is away.', { connection: name, error: reasonOf(error) });
  });
  redis.on('ready', () => {
    if (away) log.write('info', 'Redis is back.', { connection: name });
    away = false;
  });
}

async function factsOf(url: string): Promise<RedisFacts> {
  const probe = new Redis(url, {
    lazyConnect: true,
    connectTimeout: REDIS_CONNECT_TIMEOUT_MS,
    commandTimeout: REDIS_COMMAND_TIMEOUT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  // Why a connection failed comes as an event; the call itself only says that it is closed.
  const troubles: Error[] = [];
  probe.on('error', (error: Error) => troubles.push(error));
  try {
    await probe.connect();
    // Either may be forbidden to this user.
    const info = await probe.info().catch(unlessForbidden);
    const told = info === null ? null : factOf(info, 'maxmemory_policy');
    const policy = told ?? (await policyOf(probe).catch(unlessForbidden));
    return { version: info === null ? null : factOf(info, 'redis_version'), policy };
  } catch (error) {
    const { hostname, port } = new URL(url);
    throw new Error(`Redis at ${hostname}:${port || '6379'} cannot be used: ${reasonOf(troubles[0] ?? error)}.`);
  } finally {
    if (probe.status !== 'end') probe.disconnect();
  }
}

async function policyOf(probe: Redis): Promise<string | null> {
  const answer: unknown = await probe.config('GET', 'maxmemory-policy');
  return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : null;
}

function unlessForbidden(error: unknown): null {
  if (error instanceof Error && /^(NOPERM|ERR unknown command)/.test(error.message)) return null;
  throw error;
}

/** Where both families of an address refuse, the error of Node has no message of its own. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return message || code || String(error);
}

async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status !== 'ready') {
    redis.disconnect();
    return;
  }
  await new Promise<void>((resolve) => {
    // A Redis that hangs is not waited for.
    const timer = setTimeout(() => redis.disconnect(), REDIS_CLOSE_MS_MAX);
    redis.once('end', () => {
      clearTimeout(timer);
      resolve();
    });
    redis.quit().catch(() => redis.disconnect());
  });
}
