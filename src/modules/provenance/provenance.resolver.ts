import { Args, Extensions, Query, Resolver } from '@nestjs/graphql';
import { SAME_FOR_STRANGERS } from '../../platform/graphql/shared-answers.js';
import { ProvenanceRefInput } from './provenance.input.js';
import { ProvenanceModel } from './provenance.model.js';
import { ProvenanceService } from './provenance.service.js';

@Resolver()
export class ProvenanceResolver {
  constructor(private readonly service: ProvenanceService) {}

  @Extensions(SAME_FOR_STRANGERS)
  @Query(() => ProvenanceModel, { nullable: true, description: 'Public: what may be known of the batch that a code on a pack names.' })
  async provenance(@Args('ref') ref: ProvenanceRefInput): Promise<ProvenanceModel | null> {
    return this.service.byCode(ref.code ?? '');
  }
}
