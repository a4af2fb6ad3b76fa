export const REDIS_MAJOR_MIN = 7;
export const REDIS_POLICY = 'noeviction';

export interface RedisFacts {
  /** redis_version, as Redis says it; null where it does not. */
  readonly version: string | null;
  /** maxmemory-policy; null where neither INFO nor CONFIG tell it. */
  readonly policy: string | null;
}

/** One line of what INFO says, or null. */
export function factOf(info: string, field: string): string | null {
  const line = info.split('\n').find((each) => each.startsWith(`${field}:`));
  return line?.slice(field.length + 1).trim() ?? null;
}

/** Why jobs must not be kept there, as a sentence for the operator; null where nothing speaks against it. What is not known does not. */
export function problemOfRedis({ version, policy }: RedisFacts): string | null {
  const major = version === null ? null : Number.parseInt(version, 10);
  if (major !== null && !(major >= REDIS_MAJOR_MIN)) {
    return `Redis ${String(version)} is too old: ${String(REDIS_MAJOR_MIN)} or newer is needed.`;
  }
  if (policy !== null && policy !== REDIS_POLICY) {
    return `Redis would throw jobs away when its memory is full: set its maxmemory-policy to ${REDIS_POLICY}, not ${policy}.`;
  }
  return null;
}
