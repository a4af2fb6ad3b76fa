import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../../core/kernel/errors.js';
import { BlobStore, requireBlobName } from './blob-store.js';

/** The database lies on the same disk by default: files leave it this much room. */
export const DISK_FREE_BYTES_MIN = 512 * 1_024 * 1_024;

/** In a folder, spread over 256 below it. */
export class LocalBlobStore extends BlobStore {
  private readonly known = new Map<string, Promise<unknown>>();

  constructor(
    private readonly directory: string,
    private readonly freeBytesMin: number = DISK_FREE_BYTES_MIN,
  ) {
    super();
  }

  override async put(name: string, bytes: Uint8Array): Promise<void> {
    const path = this.pathOf(name);
    const folder = this.folderOf(name);
    await this.made(folder);
    await this.requireRoom(folder, bytes.length);
    const draft = `${path}.${randomUUID()}.draft`;
    try {
      await this.write(draft, bytes);
      await rename(draft, path);
      // The name is safe only when the folder is.
      await synced(folder);
    } catch (error) {
      await rm(draft, { force: true });
      throw isFull(error) ? new DomainError('STORAGE_FULL') : error;
    }
  }

  override async get(name: string): Promise<Buffer | null> {
    try {
      return await readFile(this.pathOf(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  override async delete(names: readonly string[]): Promise<void> {
    for (const name of names) await rm(this.pathOf(name), { force: true });
  }

  protected async write(path: string, bytes: Uint8Array): Promise<void> {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  private async requireRoom(folder: string, bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize - bytes < this.freeBytesMin) throw new DomainError('STORAGE_FULL');
  }

  private async made(folder: string): Promise<void> {
    let making = this.known.get(folder);
    if (!making) {
      making = mkdir(folder, { recursive: true, mode: 0o700 });
      this.known.set(folder, making);
      making.catch(() => this.known.delete(folder));
    }
    await making;
  }

  private folderOf(name: string): string {
    return join(this.directory, name.slice(0, 2));
  }

  private pathOf(name: string): string {
    requireBlobName(name);
    return join(this.folderOf(name), name);
  }
}

async function synced(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
