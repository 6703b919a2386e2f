/** The places where a packet or a result can be lost, in the order of its way. */
export const LOSS_PLACES = [
  "send: refused",
  "send: given up",
  "send: queue",
  "send: device",
  "receive: device",
  "receive: elsewhere",
  "receive: ring",
  "receive: hand-over",
  "output",
] as const;
export type LossPlace = typeof LOSS_PLACES[number];
