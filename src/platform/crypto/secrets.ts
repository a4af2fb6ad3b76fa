import type { Environment } from '../config/environment.js';
import { keyFileOf, keyIn } from './keys.js';
import { MasterKeys } from './master-keys.js';

/** What stands in the secret files. */
export interface Secrets {
  readonly masters: MasterKeys;
  readonly pepper: Uint8Array;
}

/** Reads the operator's files, or those under DATA_DIR, which are made at the first start. Throws with a sentence for the operator. */
export async function readSecrets({ dataDir, vaultKeyFile, blindIndexPepperFile }: Environment): Promise<Secrets> {
  return {
    masters: await MasterKeys.read(vaultKeyFile ?? (await keyFileOf(dataDir, 'vault.key'))),
    pepper: await keyIn(blindIndexPepperFile ?? (await keyFileOf(dataDir, 'blind-index.pepper'))),
  };
}
