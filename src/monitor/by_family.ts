import type { Ledger } from "./ledger.ts";
import { sentPackets } from "./progress.ts";

/** Families of the targets of a scan. */
export type ScannedFamilies = "ipv4" | "ipv6" | "both";

/** What is told of one family. */
export interface FamilyTotals {
  /** Packets handed to the senders, those that could not be sent included. */
  readonly sent: number;
  /** Valid answers. */
  readonly valid: number;
  readonly successUnique: number;
}

/** The totals of each family, all 0 for one that has no targets. */
export function totalsByFamily(
  ledger: Ledger,
  families: ScannedFamilies,
): { readonly ipv4: FamilyTotals; readonly ipv6: FamilyTotals } {
  const { valid, successUnique } = ledger.receive;
  const all = { sent: sentPackets(ledger), valid, successUnique };
  const none = { sent: 0, valid: 0, successUnique: 0 };
  if (families !== "both") {
    return families === "ipv4"
      ? { ipv4: all, ipv6: none }
      : { ipv4: none, ipv6: all };
  }
  const { ipv6 } = ledger;
  return {
    ipv4: {
      sent: all.sent - ipv6.sent,
      valid: all.valid - ipv6.valid,
      successUnique: all.successUnique - ipv6.successUnique,
    },
    ipv6,
  };
}
