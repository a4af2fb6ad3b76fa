import { Field, Int, ObjectType } from '@nestjs/graphql';
import { connectionType } from '../../platform/graphql/page.js';
import { DateTimeScalar, GeoJsonScalar, JsonScalar, UuidScalar } from '../../platform/graphql/scalars.js';

@ObjectType('Deployment', { description: 'Where a device, or some of its channels, hangs. The latest that holds counts.' })
export class DeploymentModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) deviceId!: string;
  @Field(() => [String], { nullable: true, description: 'Null: all of them.' }) channels!: readonly string[] | null;
  @Field(() => UuidScalar, { nullable: true }) plotId!: string | null;
  @Field(() => UuidScalar, { nullable: true }) facilityId!: string | null;
  @Field(() => String, { nullable: true }) vehicle!: string | null;
  @Field(() => GeoJsonScalar, { nullable: true }) coverage!: object | null;
  @Field(() => DateTimeScalar) from!: Date;
  @Field(() => DateTimeScalar, { nullable: true }) to!: Date | null;
  @Field(() => Int, { nullable: true }) depthCm!: number | null;
  @Field(() => DateTimeScalar) recordedAt!: Date;
}

@ObjectType('Device')
export class DeviceModel {
  @Field(() => UuidScalar) id!: string;
  @Field(() => String, { description: 'Its user name at the MQTT door and its level in topics.' }) deviceId!: string;
  @Field(() => UuidScalar) organisationId!: string;
  @Field(() => String) model!: string;
  @Field(() => [String]) aliases!: readonly string[];
  @Field(() => UuidScalar, { nullable: true }) gatewayId!: string | null;
  @Field(() => DateTimeScalar) registeredAt!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'By measuredAt.' }) lastReadingAt!: Date | null;
  @Field(() => JsonScalar, { nullable: true, description: 'What it last said about itself, as it said it.' }) state!: Readonly<
    Record<string, string>
  > | null;
  @Field(() => [DeploymentModel], { description: 'The latest first.' }) deployments!: readonly DeploymentModel[];
}

@ObjectType('DeviceConnection')
export class DeviceConnectionModel extends connectionType('Device', DeviceModel) {}

@ObjectType('RegisterDevicePayload')
export class RegisterDevicePayload {
  @Field(() => UuidScalar) id!: string;
  @Field(() => Boolean) replayed!: boolean;
  @Field(() => String, { nullable: true, description: 'Its password at the MQTT door. Shown once: a replay answers null.' })
  secret!: string | null;
  @Field(() => String, { nullable: true, description: 'Printed on the device. Shown once: a replay answers null.' })
  claimCode!: string | null;
}

@ObjectType('DeployDevicePayload')
export class DeployDevicePayload {
  @Field(() => UuidScalar) id!: string;
  @Field(() => Boolean) replayed!: boolean;
  @Field(() => DeploymentModel) deployment!: DeploymentModel;
}
