import { describe, expect, it } from '@jest/globals';
import { HOUSEHOLD_STATUS_KINDS, TARGET_GROUP_DEFAULT, TARGET_GROUPS, verdict } from './target-group.js';

describe('target group', () => {
  it('takes registered and returned households by default', () => {
    const group = TARGET_GROUPS.find(({ id }) => id === TARGET_GROUP_DEFAULT)!;
    expect(HOUSEHOLD_STATUS_KINDS.filter((kind) => verdict({ kind }, group) === 'IN')).toEqual(['REGISTERED', 'RETURNED']);
  });

  it('adds the monitored ones in the other policy that is shipped', () => {
    const [, group] = TARGET_GROUPS;
    expect(verdict({ kind: 'MONITORED' }, group!)).toBe('IN');
  });

  it('does not judge a household without an entry', () => {
    expect(TARGET_GROUPS.map((group) => verdict(null, group))).toEqual(['UNKNOWN', 'UNKNOWN']);
  });
});
