import { Module } from '@nestjs/common';
import { IdentityModule } from '../identity/index.js';
import { AgreementRepository } from './agreement.repository.js';
import { AgreementService } from './agreement.service.js';
import { HouseholdLookupService } from './household-lookup.service.js';
import { HouseholdService } from './household.service.js';
import { HouseholdStatusRepository } from './household-status.repository.js';
import { HouseholdStatusService } from './household-status.service.js';
import { LabelRepository } from './label.repository.js';
import { Facility, Household, HouseholdMember, Plot, Product } from './master-data.entity.js';
import { MasterDataRepository } from './master-data.repository.js';
import { MembershipRepository } from './membership.repository.js';
import { MembershipService } from './membership.service.js';
import { PartyService } from './party.service.js';
import { RegistrationService } from './registration.service.js';
import { RegistryFeedResolver } from './registry-feed.resolver.js';
import { RegistryFeedService } from './registry-feed.service.js';
import { RegistryLogRepository } from './registry-log.repository.js';
import { RegistryLogService } from './registry-log.service.js';
import { RegistryResolver } from './registry.resolver.js';
import { RegistryService } from './registry.service.js';
import { StatusService } from './status.service.js';

@Module({
  imports: [IdentityModule],
  providers: [
    AgreementRepository,
    HouseholdStatusRepository,
    LabelRepository,
    MasterDataRepository,
    MembershipRepository,
    RegistryLogRepository,
    AgreementService,
    HouseholdLookupService,
    HouseholdService,
    HouseholdStatusService,
    MembershipService,
    PartyService,
    RegistrationService,
    RegistryFeedService,
    RegistryLogService,
    RegistryService,
    StatusService,
    RegistryFeedResolver,
    RegistryResolver,
  ],
  exports: [PartyService, RegistryLogService, RegistryService, StatusService],
})
export class RegistryModule {
  /** For the data source; entities do not leave the house otherwise. */
  static readonly entities = [Facility, Product, Household, HouseholdMember, Plot];
}
