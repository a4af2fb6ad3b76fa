export type { FacilityFacts, PlotFacts, ProductFacts, ResolvedParty } from './facts.js';
export type { LabelQuestion, Labels } from './label.repository.js';
export { PartyService } from './party.service.js';
export { PartyInput, ProductRefInput } from './registry.input.js';
export { FacilityModel, facilityModel, PartyKindEnum, ProductModel, productModel } from './registry.model.js';
export { RegistryModule } from './registry.module.js';
export { RegistryService } from './registry.service.js';
export type { StatusQuestion } from './status.service.js';
export { StatusService } from './status.service.js';
