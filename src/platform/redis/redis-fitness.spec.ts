import { describe, expect, it } from '@jest/globals';
import { factOf, problemOfRedis } from './redis-fitness.js';

const INFO = '# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n\r\n# Memory\r\nmaxmemory_policy:noeviction\r\n';

describe('the fitness of a Redis', () => {
  it('is read from what INFO says', () => {
    expect([factOf(INFO, 'redis_version'), factOf(INFO, 'maxmemory_policy'), factOf(INFO, 'redis')]).toEqual([
      '7.0.15',
      'noeviction',
      null,
    ]);
  });

  it.each(['7.0.0', '7.4.1', '8.2.0', '10.0.0'])('is given in version %s without eviction', (version) => {
    expect(problemOfRedis({ version, policy: 'noeviction' })).toBeNull();
  });

  it.each(['6.2.14', '5.0.7', '2.8.0', 'unreadable'])('is not given in version %s', (version) => {
    expect(problemOfRedis({ version, policy: 'noeviction' })).toMatch(`Redis ${version} is too old: 7 or newer`);
  });

  it.each(['allkeys-lru', 'volatile-lru', 'volatile-ttl', 'allkeys-random'])('is not given where it evicts by %s', (policy) => {
    expect(problemOfRedis({ version: '7.0.15', policy })).toMatch(`to noeviction, not ${policy}`);
  });

  it('is not doubted where Redis does not tell', () => {
    expect(problemOfRedis({ version: null, policy: null })).toBeNull();
  });
});
