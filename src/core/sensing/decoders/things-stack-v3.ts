/**
 * The Things Stack v3's messages (its data formats, as JSON). Only `up` carries a measurement. Fields whose value is '', 0 or false are
 * omitted, so an absent f_cnt is 0; f_cnt restarts with each session, so the session key's id belongs to the frame. Of the times in an uplink
 * the network server's own receipt is preferred: gateways without GPS know no time, and rx_metadata[].timestamp is a counter that wraps after
 * 71 minutes (TheThingsNetwork/lorawan-stack#3944).
 */
import type { ExactJson } from '../../kernel/exact-json.js';
import { exactAt, isExactObject } from '../../kernel/exact-json.js';
import type { DecodedMessage } from '../reading.js';
import { Refusal } from '../refusal.js';
import { sequenceOf } from '../sequence.js';
import type { ThingsStackTopic } from '../topic.js';
import { plainText } from '../values.js';
import { frameMessages } from './chirpstack-v4.js';

const DEV_EUI = /^[0-9a-fA-F]{16}$/;

/** The device is named by its DevEUI, else by its id at the network server. Throws a Refusal. */
export function decodeThingsStackUp(topic: ThingsStackTopic, payload: ExactJson): DecodedMessage[] {
  const uplink = exactAt(payload, 'uplink_message');
  if (!isExactObject(payload) || !isExactObject(uplink)) throw new Refusal('SHAPE_WRONG');
  const deviceId = exactAt(payload, 'end_device_ids', 'device_id');
  if (deviceId !== undefined && deviceId !== topic.deviceId) throw new Refusal('DEVICE_MISMATCH');
  const devEui = exactAt(payload, 'end_device_ids', 'dev_eui');
  return frameMessages(uplink.decoded_payload, {
    deviceKey: typeof devEui === 'string' && DEV_EUI.test(devEui) ? devEui.toLowerCase() : topic.deviceId,
    timeAsSent:
      plainText(uplink.received_at) ??
      plainText(payload.received_at) ??
      plainText(exactAt(uplink, 'settings', 'time')) ??
      plainText(exactAt(uplink, 'rx_metadata', 0, 'time')),
    sequence: sequenceOf(uplink.f_cnt) ?? 0n,
    frame: `${plainText(uplink.session_key_id) ?? ''} ${plainText(uplink.frm_payload) ?? ''}`,
  });
}
