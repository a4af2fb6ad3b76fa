import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { ChangeKind, SubjectKind } from '../../core/registry/change.js';
import { CHANGE_KINDS, snapshotId, SUBJECT_KINDS } from '../../core/registry/change.js';
import { connectionType } from '../../platform/graphql/page.js';
import { DateTimeScalar, UuidScalar } from '../../platform/graphql/scalars.js';
import type { RecordedChange } from './registry-log.repository.js';

export const ChangeKindEnum = Object.fromEntries(CHANGE_KINDS.map((kind) => [kind, kind]));
registerEnumType(ChangeKindEnum, { name: 'RegistryChangeKind' });
export const SubjectKindEnum = Object.fromEntries(SUBJECT_KINDS.map((kind) => [kind, kind]));
registerEnumType(SubjectKindEnum, { name: 'RegistrySubjectKind' });

@ObjectType('RegistryChange', { description: 'That something was told, not what: ask for the subject, with your own rights.' })
export class RegistryChangeModel {
  @Field(() => ID, { description: 'Its place in the log: what to ask for the changes after.' }) seq!: string;
  @Field(() => ChangeKindEnum) kind!: ChangeKind;
  @Field(() => SubjectKindEnum) subjectKind!: SubjectKind;
  @Field(() => ID, { description: 'A UUID; of an area its code.' }) subjectId!: string;
  @Field(() => UuidScalar, { description: 'Who recorded it.' }) organisationId!: string;
  @Field(() => UuidScalar, { nullable: true, description: 'The registered source; null: by hand.' }) sourceId!: string | null;
  @Field(() => DateTimeScalar) recordedAt!: Date;
  @Field(() => ID, { description: 'The registry with this change and none after it.' }) snapshotId!: string;
}

@ObjectType('RegistryChangeConnection', { description: 'A page may be empty and have a next one: what lies between is of others.' })
export class RegistryChangeConnectionModel extends connectionType('RegistryChange', RegistryChangeModel) {}

export function registryChangeModel(change: RecordedChange): RegistryChangeModel {
  const { seq, kind, subjectKind, subjectId, organisationId, sourceId, recordedAt } = change;
  return { seq: seq.toString(), kind, subjectKind, subjectId, organisationId, sourceId, recordedAt, snapshotId: snapshotId(seq) };
}
