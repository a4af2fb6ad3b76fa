import { Field, InputType, Int } from '@nestjs/graphql';
import { DateTimeScalar, GeoJsonScalar, UuidScalar } from '../../platform/graphql/scalars.js';

@InputType('RegisterDeviceInput')
export class RegisterDeviceInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => String, { description: 'Its user name at the MQTT door and its level in topics: no spaces, control characters, +, # or /.' })
  deviceId!: string;
  @Field(() => UuidScalar) organisationId!: string;
  @Field(() => String) model!: string;
  @Field(() => [String], { nullable: true, description: 'Other names, such as a DevEUI.' }) aliases?: string[] | null;
  @Field(() => UuidScalar, { nullable: true, description: 'The device that speaks for it, of the same organisation.' }) gatewayId?:
    string | null;
}

@InputType('DeploymentPlace', { isOneOf: true })
export class DeploymentPlaceInput {
  @Field(() => UuidScalar, { nullable: true }) plotId?: string | null;
  @Field(() => UuidScalar, { nullable: true }) facilityId?: string | null;
  @Field(() => String, { nullable: true }) vehicle?: string | null;
  @Field(() => GeoJsonScalar, { nullable: true, description: 'The shape that a station stands for.' }) coverage?: object | null;
}

@InputType('DeployDeviceInput')
export class DeployDeviceInput {
  @Field(() => UuidScalar) id!: string;
  @Field(() => UuidScalar) deviceId!: string;
  @Field(() => [String], { nullable: true, description: 'Without it: all of them.' }) channels?: string[] | null;
  @Field(() => DeploymentPlaceInput) at!: DeploymentPlaceInput;
  @Field(() => DateTimeScalar) from!: string;
  @Field(() => DateTimeScalar, { nullable: true }) to?: string | null;
  @Field(() => Int, { nullable: true }) depthCm?: number | null;
}
