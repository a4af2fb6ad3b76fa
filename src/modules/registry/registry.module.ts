import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { DatedFactsRepository } from './dated-facts.repository.js';
import { HouseholdService } from './household.service.js';
import { LabelRepository } from './label.repository.js';
import { Facility, Household, HouseholdMember, Plot, Product } from './master-data.entity.js';
import { MasterDataRepository } from './master-data.repository.js';
import { PartyService } from './party.service.js';
import { RegistryResolver } from './registry.resolver.js';
import { RegistryService } from './registry.service.js';
import { StatusService } from './status.service.js';

@Module({
  imports: [IdentityModule],
  providers: [
    DatedFactsRepository,
    LabelRepository,
    MasterDataRepository,
    HouseholdService,
    PartyService,
    RegistryService,
    StatusService,
    RegistryResolver,
  ],
  exports: [PartyService, RegistryService, StatusService],
})
export class RegistryModule {
  /** For the data source; entities do not leave the house otherwise. */
  static readonly entities = [Facility, Product, Household, HouseholdMember, Plot];
}
