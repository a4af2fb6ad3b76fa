/**
 * Where sealed bytes lie: a folder of this machine, or an S3 bucket. A blob is written once under a name of its own and is there whole or not
 * at all. Two implementations; `test/integration/platform/blob-store.conformance.spec.ts` holds them to this.
 */
export abstract class BlobStore {
  /** Resolves when the bytes outlive a crash. Throws STORAGE_FULL where there is no room; then nothing of it is there. */
  abstract put(name: string, bytes: Uint8Array): Promise<void>;

  /** Null where there is none. */
  abstract get(name: string): Promise<Buffer | null>;

  /** What is not there is deleted already. */
  abstract delete(names: readonly string[]): Promise<void>;
}

const BLOB_NAME = /^[0-9a-f-]{1,64}$/;

/** Names are made by the platform; one that could leave its folder is a mistake of ours. */
export function requireBlobName(name: string): void {
  if (!BLOB_NAME.test(name)) throw new Error(`This is no name of a blob: ${JSON.stringify(name)}.`);
}
