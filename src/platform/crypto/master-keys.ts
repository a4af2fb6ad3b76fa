import { hmacSha256Hex } from '../../core/kernel/sha256.js';
import { openBytes, sealBytes } from './envelope.js';
import { keysIn } from './keys.js';

/** A data key as it is kept: sealed by the master key of that id. */
export interface WrappedKey {
  readonly subjectId: string;
  readonly masterId: string;
  readonly wrapped: Buffer;
}

/** Names a key without telling it. */
export function fingerprint(key: Uint8Array): string {
  return hmacSha256Hex(key, 'sheaf key fingerprint').slice(0, 16);
}

/**
 * The master keys of VAULT_KEY_FILE, one a line. They wrap data keys and nothing else. The file is read again when a key turns up that was not
 * in it, so that a rotation needs no restart.
 */
export class MasterKeys {
  private readonly byId = new Map<string, Buffer>();

  private constructor(readonly file: string) {}

  static async read(file: string): Promise<MasterKeys> {
    const masters = new MasterKeys(file);
    await masters.readAgain();
    return masters;
  }

  /** Of the first line. */
  get firstId(): string {
    return [...this.byId.keys()][0] ?? '';
  }

  has(id: string): boolean {
    return this.byId.has(id);
  }

  /** Reads the file again where one of these is not known. Throws with a sentence for the operator where the file has not got it either. */
  async require(ids: Iterable<string>): Promise<void> {
    const missing = (): string[] => [...new Set(ids)].filter((id) => !this.byId.has(id));
    if (missing().length === 0) return;
    await this.readAgain();
    const [lost] = missing();
    if (lost !== undefined)
      throw new Error(`The key file ${this.file} lacks the master key ${lost}, by which data keys of this database are wrapped.`);
  }

  /** The master must be known: see `require`. */
  wrap(subjectId: string, dataKey: Uint8Array, masterId: string): WrappedKey {
    return { subjectId, masterId, wrapped: sealBytes(this.of(masterId), dataKey, bound(subjectId)) };
  }

  unwrap({ subjectId, masterId, wrapped }: WrappedKey): Buffer {
    return openBytes(this.of(masterId), wrapped, bound(subjectId));
  }

  /** For what was sealed by a master key itself, before there were data keys. */
  all(): readonly Buffer[] {
    return [...this.byId.values()];
  }

  private of(id: string): Buffer {
    const key = this.byId.get(id);
    if (!key) throw new Error(`The master key ${id} is not loaded.`);
    return key;
  }

  private async readAgain(): Promise<void> {
    const keys = await keysIn(this.file);
    this.byId.clear();
    for (const key of keys) this.byId.set(fingerprint(key), key);
  }
}

function bound(subjectId: string): string {
  return `data key of ${subjectId}`;
}
