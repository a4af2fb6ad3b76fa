import { Args, Int, Mutation, Query, Resolver } from '@nestjs/graphql';
import { connectionOf, pageRequest } from '../../platform/graphql/page.js';
import type { Principal } from '../identity/index.js';
import { By } from '../identity/index.js';
import { DeployDeviceInput, RegisterDeviceInput } from './device.input.js';
import { DeployDevicePayload, DeviceConnectionModel, RegisterDevicePayload } from './device.model.js';
import { DeviceService } from './device.service.js';

@Resolver()
export class DeviceResolver {
  constructor(private readonly service: DeviceService) {}

  @Mutation(() => RegisterDevicePayload)
  async registerDevice(@By() principal: Principal, @Args('input') input: RegisterDeviceInput): Promise<RegisterDevicePayload> {
    return { id: input.id, ...(await this.service.register(principal, input)) };
  }

  @Mutation(() => DeployDevicePayload)
  async deployDevice(@By() principal: Principal, @Args('input') input: DeployDeviceInput): Promise<DeployDevicePayload> {
    return { id: input.id, ...(await this.service.deploy(principal, input)) };
  }

  @Query(() => DeviceConnectionModel, { description: 'Your organisation’s; for those who oversee, all of their area. By deviceId.' })
  async devices(
    @By() principal: Principal,
    @Args('first', { type: () => Int, nullable: true }) first: number | null,
    @Args('after', { type: () => String, nullable: true }) after: string | null,
  ): Promise<DeviceConnectionModel> {
    const page = pageRequest(first, after);
    return connectionOf(await this.service.page(principal, page), page, (device) => device.deviceId);
  }
}
