/**
 * Why a payload goes to quarantine. These are no rejections of the error catalogue: a device cannot read an answer, so the message is kept
 * with its reason and acknowledged, and a person looks into it.
 */

export type QuarantineReason =
  /** No decoder knows the topic. */
  | 'TOPIC_UNKNOWN'
  /** More than PAYLOAD_BYTES_MAX. */
  | 'PAYLOAD_TOO_LARGE'
  | 'NOT_UTF8'
  | 'NOT_JSON'
  | 'JSON_TOO_DEEP'
  | 'JSON_TOO_MANY_VALUES'
  /** JSON, but not of the form that the topic promises. */
  | 'SHAPE_WRONG'
  | 'TOO_MANY_MESSAGES'
  | 'TOO_MANY_CHANNELS'
  | 'CHANNEL_NAME_INVALID'
  /** The mapping lists channels, and this is none of them. */
  | 'CHANNEL_UNKNOWN'
  /** An uplink without a single number. */
  | 'NO_VALUES'
  /** No whole number from 0 to SEQUENCE_MAX. */
  | 'SEQUENCE_INVALID'
  /** A time that this format must give cannot be read, or a version of it is newer than what is known here. */
  | 'FORMAT_UNSUPPORTED'
  /** Topic and payload name different devices. */
  | 'DEVICE_MISMATCH'
  /** A defect of ours: the payload shows where. */
  | 'DECODER_FAILED';

/** Thrown inside decoders; `decode` turns it into its answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(readonly reason: QuarantineReason) {
    super(reason);
  }
}
