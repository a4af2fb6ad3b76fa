import { Args, Query, Resolver } from '@nestjs/graphql';
import { ProvenanceRefInput } from './provenance.input.js';
import { ProvenanceModel } from './provenance.model.js';
import { ProvenanceService } from './provenance.service.js';

@Resolver()
export class ProvenanceResolver {
  constructor(private readonly service: ProvenanceService) {}

  @Query(() => ProvenanceModel, { nullable: true, description: 'Public: what may be known of the batch that a code on a pack names.' })
  async provenance(@Args('ref') ref: ProvenanceRefInput): Promise<ProvenanceModel | null> {
    return this.service.byCode(ref.code ?? '');
  }
}
