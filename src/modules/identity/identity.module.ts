import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { IdentityRepository } from './identity.repository.js';
import { IdentityResolver } from './identity.resolver.js';
import { IdentityService } from './identity.service.js';
import { ApiKey, Organisation } from './organisation.entity.js';
import { PolicyGuard } from './policy.guard.js';

@Module({
  providers: [IdentityRepository, IdentityService, IdentityResolver, { provide: APP_GUARD, useClass: PolicyGuard }],
  exports: [IdentityService],
})
export class IdentityModule {
  /** For the data source; entities do not leave the house otherwise. */
  static readonly entities = [Organisation, ApiKey];
}
