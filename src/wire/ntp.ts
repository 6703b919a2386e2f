/** Positions of the fields, from the start of the message (RFC 5905 section 7.3). */
export const NTP_STRATUM = 1;
/** 8 bits, the logarithm of seconds. */
export const NTP_POLL = 2;
/** 8 bits, the logarithm of seconds. */
export const NTP_PRECISION = 3;
/** 32 bits, 16 of them behind the point. */
export const NTP_ROOT_DELAY = 4;
/** 32 bits, 16 of them behind the point. */
export const NTP_ROOT_DISPERSION = 8;
/** 32 bits. */
export const NTP_REFERENCE_ID = 12;
/** 64 bits, as all times: seconds since 1900, 32 bits of them behind the point. */
export const NTP_REFERENCE_TIME = 16;
/** 64 bits. */
export const NTP_ORIGINATE_TIME = 24;
/** 64 bits. */
export const NTP_RECEIVE_TIME = 32;
/** 64 bits. */
export const NTP_TRANSMIT_TIME = 40;

/** Length of a message without extensions. */
export const NTP_BYTES = 48;

/** Leap indicator "unknown", version 4, mode "client". */
const CLIENT_REQUEST = 3 << 6 | 4 << 3 | 3;

/** Writes the request of a client that tells nothing about itself: `NTP_BYTES` bytes. */
export function writeNtpRequest(view: DataView, at: number): void {
  view.setUint8(at, CLIENT_REQUEST);
  for (let i = 1; i < NTP_BYTES; i++) view.setUint8(at + i, 0);
}
