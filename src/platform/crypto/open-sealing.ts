import { derivedUuid } from '../../core/kernel/ids.js';
import type { Database } from '../database/database.js';
import type { Tx } from '../database/tx.js';
import { DataKeyRepository } from './data-key.repository.js';
import { DataKeys } from './data-keys.js';
import type { MasterKeys } from './master-keys.js';
import { fingerprint } from './master-keys.js';
import { Sealing } from './sealing.js';
import type { Secrets } from './secrets.js';

/** The platform's own data key, by which it seals what is no household's. */
const OWN = derivedUuid('platform', 'data key');
/** The master key of the time when it sealed by itself, kept as a data key like the others. */
const EARLIER = derivedUuid('platform', 'earlier master key');

/** Holds the secrets against the database: with wrong ones nothing starts, for it would seal what nobody can open. Answers the platform's own sealing. */
export async function openSealing(database: Database, { masters, pepper }: Secrets): Promise<Sealing> {
  const repository = new DataKeyRepository();
  const keys = new DataKeys(masters, repository);
  return database.transaction(async (tx) => {
    await repository.holdMasters(tx);
    await requireSecrets(tx, repository, masters, pepper);
    const held = await keys.of(tx, [OWN, EARLIER]);
    const own = held.get(OWN) ?? (await keys.make(tx, [OWN])).get(OWN);
    const earlier = held.get(EARLIER);
    if (!own) throw new Error('The platform has no data key.');
    return new Sealing(own, earlier ? [earlier] : []);
  });
}

async function requireSecrets(tx: Tx, repository: DataKeyRepository, masters: MasterKeys, pepper: Uint8Array): Promise<void> {
  const known = await repository.masters(tx);
  if (known.length === 0) {
    const masterId = masters.firstId;
    await repository.insertMaster(tx, masterId);
    const [first] = masters.all();
    if (first && (await repository.wasInUse(tx))) await repository.insert(tx, [masters.wrap(EARLIER, first, masterId)]);
  }
  await masters.require(known);
  if ((await repository.notedSecret(tx, 'blind index pepper', fingerprint(pepper))) !== fingerprint(pepper)) {
    throw new Error('The pepper of BLIND_INDEX_PEPPER_FILE is not the one by which this database was filled: no id would be found again.');
  }
}
