import { PreflightError } from "../base/mod.ts";
import { checkRights } from "../preflight/mod.ts";
import { type Check, fail, pass } from "./check.ts";
import type { ReadText } from "./read_text.ts";

/** Bits of a capability set, `<linux/capability.h>`. */
const CAPABILITIES = {
  CAP_NET_ADMIN: 12n,
  CAP_NET_RAW: 13n,
  CAP_SYS_ADMIN: 21n,
} as const;

/** Files that switch user namespaces off, and what they then hold. */
const USER_NAMESPACE_SWITCHES = [
  { path: "/proc/sys/user/max_user_namespaces", off: "0" },
  { path: "/proc/sys/kernel/unprivileged_userns_clone", off: "0" },
  { path: "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", off: "1" },
] as const;

/** Whether raw sockets may be opened, and with which rights. Opens one, and closes it. */
export function rightsCheck(readText: ReadText): Check {
  const needed = "CAP_NET_RAW";
  try {
    checkRights();
  } catch (error) {
    if (!(error instanceof PreflightError)) throw error;
    const { message, remedy } = error;
    return fail("rights", { found: message, needed, remedy });
  }
  return pass("rights", describeRights(readText), needed);
}

/** Names the capabilities that matter, and whose they are. */
export function describeRights(readText: ReadText): string {
  const status = readText("/proc/self/status") ?? "";
  const mask = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? 0}`);
  const names = Object.entries(CAPABILITIES)
    .filter(([, bit]) => (mask >> bit & 1n) === 1n)
    .map(([name]) => name);
  const userId = /^Uid:\s*\d+\s+(\d+)/m.exec(status)?.[1];
  const user = userId === "0" ? "root" : `user ${userId ?? "unknown"}`;
  const place = isInitialNamespace(readText) ? "" : " of a user namespace";
  return `raw sockets open; ${user}${place} with ${
    names.join(", ") || "no capabilities of its own"
  }`;
}

/** The first user namespace maps all user ids to themselves. */
function isInitialNamespace(readText: ReadText): boolean {
  const map = readText("/proc/self/uid_map");
  return map === null || /^\s*0\s+0\s+4294967295\s*$/.test(map);
}

/** Whether everybody may make user namespaces. Only the demo needs it, so it is never more than information. */
export function userNamespacesCheck(readText: ReadText): Check {
  const closed = USER_NAMESPACE_SWITCHES.find(({ path, off }) =>
    readText(path)?.trim() === off
  );
  const found = closed === undefined
    ? "allowed to everybody"
    : `not allowed to everybody: ${closed.path} is ${closed.off}`;
  return pass("user-namespaces", `${found}; only the demo uses them`);
}
