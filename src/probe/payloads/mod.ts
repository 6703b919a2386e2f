/** Payloads for known UDP services, written after the documents that each of them names. @module */
import { DISCOVERY } from "./discovery.ts";
import { MANAGEMENT } from "./management.ts";
import { NAMES_AND_TIME } from "./names_and_time.ts";
import type { LibraryPayload } from "./payload.ts";
import { SESSIONS } from "./sessions.ts";

export type { LibraryPayload } from "./payload.ts";

/** All payloads, in the order of their names. */
export const UDP_PAYLOADS: readonly LibraryPayload[] = [
  ...NAMES_AND_TIME,
  ...MANAGEMENT,
  ...DISCOVERY,
  ...SESSIONS,
].toSorted((a, b) => a.name < b.name ? -1 : 1);

/** The payload of this name, or the only one whose name begins like this; null when there is none. */
export function findUdpPayload(name: string): LibraryPayload | null {
  const exact = UDP_PAYLOADS.find((payload) => payload.name === name);
  if (exact !== undefined) return exact;
  const alike = UDP_PAYLOADS.filter((payload) => payload.name.startsWith(name));
  return alike.length === 1 ? alike[0]! : null;
}
