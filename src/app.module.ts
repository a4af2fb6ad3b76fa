import type { DynamicModule, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { ExchangeModule } from './modules/exchange/index.js';
import { IdentityModule } from './modules/identity/index.js';
import { IncomeModule } from './modules/income/index.js';
import { LedgerModule } from './modules/ledger/index.js';
import { ProvenanceModule } from './modules/provenance/index.js';
import { RegistryModule } from './modules/registry/index.js';
import { SalesModule } from './modules/sales/index.js';
import { SensingModule } from './modules/sensing/index.js';
import { TraceabilityModule } from './modules/traceability/index.js';
import type { DataMove } from './platform/database/data-move.js';
import { KEYED_HASHES } from './platform/idempotency/keyed-hashes.move.js';
import type { Runtime } from './platform/platform.module.js';
import { PlatformModule } from './platform/platform.module.js';

type ModuleType = Type & { readonly entities?: readonly (abstract new () => object)[]; readonly moves?: readonly DataMove[] };

/** The only list of modules, in the order of the ladder. */
export const MODULES: readonly ModuleType[] = [
  IdentityModule,
  RegistryModule,
  LedgerModule,
  SensingModule,
  TraceabilityModule,
  SalesModule,
  IncomeModule,
  ProvenanceModule,
  ExchangeModule,
];

export const ENTITIES = MODULES.flatMap((module) => module.entities ?? []);
export const MOVES = [KEYED_HASHES, ...MODULES.flatMap((module) => module.moves ?? [])];

@Module({})
export class AppModule {
  static with(runtime: Runtime): DynamicModule {
    return { module: AppModule, imports: [PlatformModule.with(runtime), ...MODULES] };
  }
}
