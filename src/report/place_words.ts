import type { LossPlace } from "../monitor/mod.ts";

/** What a loss at a place means. */
export interface PlaceWords {
  readonly what: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Each place of the ledger in plain words, in the order of a packet's way. */
export const PLACE_WORDS: Readonly<Record<LossPlace, PlaceWords>> = {
  "send: refused": {
    what:
      "So often the kernel did not take a frame at once. It was offered again each time: nothing was lost by that.",
    remedy: "",
  },
  "send: given up": {
    what:
      "The kernel refused these frames each time that they were offered. Their targets were not probed.",
    remedy:
      "Lower the rate, or raise --retries; where the reason is EPERM, look for a firewall rule on this machine",
  },
  "send: queue": {
    what:
      "The queue of the interface dropped these frames after the kernel had taken them.",
    remedy:
      "Lower the rate, or make the queue longer: ip link set DEV txqueuelen",
  },
  "send: device": {
    what: "The network interface dropped these frames, or could not send them.",
    remedy: "Lower the rate; look at ip -s link for the cause",
  },
  "receive: device": {
    what:
      "The network interface dropped these packets on arrival, before the kernel saw them. Not all need be answers to the scan.",
    remedy: "Enlarge its ring (ethtool -G DEV rx), or lower the rate",
  },
  "receive: elsewhere": {
    what:
      "These valid answers came in at an interface that is not captured: the way back is another one than the way there.",
    remedy: "Name that interface with -i, or correct the routes",
  },
  "receive: ring": {
    what:
      "The capture buffer was full when these packets came: the receiver was too slow for a moment.",
    remedy:
      "Enlarge it with --capture-buffer, lower the rate, or leave more processor time to the scan",
  },
  "receive: hand-over": {
    what:
      "The queue between receiver and output was full when these answers were read.",
    remedy: "Write to a faster disk, write fewer fields, or lower the rate",
  },
  "output": {
    what: "These results could not be written, or somebody else cut the file.",
    remedy:
      "Make room on the disk; --output-wait sets how long is waited for it",
  },
};
