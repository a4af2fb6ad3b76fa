import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { CreateApiKeyInput, RegisterOrganisationInput } from './identity.input.js';
import { CreateApiKeyPayload, RegisterOrganisationPayload } from './identity.model.js';
import { IdentityService } from './identity.service.js';
import { By } from './policy.guard.js';
import type { Principal } from './principal.js';

@Resolver()
export class IdentityResolver {
  constructor(private readonly identity: IdentityService) {}

  @Mutation(() => RegisterOrganisationPayload)
  async registerOrganisation(
    @By() principal: Principal,
    @Args('input') input: RegisterOrganisationInput,
  ): Promise<RegisterOrganisationPayload> {
    return { id: input.id, ...(await this.identity.registerOrganisation(principal, input)) };
  }

  @Mutation(() => CreateApiKeyPayload)
  async createApiKey(@By() principal: Principal, @Args('input') input: CreateApiKeyInput): Promise<CreateApiKeyPayload> {
    return { id: input.id, ...(await this.identity.createApiKey(principal, input)) };
  }
}
