import { Platform0001 } from './0001-platform.js';
import { Identity0002 } from './0002-identity.js';
import { Registry0003 } from './0003-registry.js';
import { Ledger0004 } from './0004-ledger.js';
import { Sensing0005 } from './0005-sensing.js';
import { Traceability0006 } from './0006-traceability.js';
import { Sales0007 } from './0007-sales.js';
import { Income0008 } from './0008-income.js';
import { RecomposedHoldings0009 } from './0009-recomposed-holdings.js';
import { PaymentChanges0010 } from './0010-payment-changes.js';
import { LeanRecords0011 } from './0011-lean-records.js';
import { Files0012 } from './0012-files.js';
import { VaultKeys0013 } from './0013-vault-keys.js';
import { RegistryLog0014 } from './0014-registry-log.js';

/** In the order in which they run. */
export const MIGRATIONS = [
  Platform0001,
  Identity0002,
  Registry0003,
  Ledger0004,
  Sensing0005,
  Traceability0006,
  Sales0007,
  Income0008,
  RecomposedHoldings0009,
  PaymentChanges0010,
  LeanRecords0011,
  Files0012,
  VaultKeys0013,
  RegistryLog0014,
] as const;
