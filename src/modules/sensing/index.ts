export { DeviceModel } from './device.model.js';
export type { ChannelSummary } from './facts.js';
export { ReadingModel } from './reading.model.js';
export { ReadingService } from './reading.service.js';
export { ReadingSubscriber } from './reading.subscriber.js';
export { SensingModule } from './sensing.module.js';
