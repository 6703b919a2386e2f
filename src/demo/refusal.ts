import { PreflightError } from "../base/mod.ts";

/** What C programs say of an error in the "C" locale, and the kernel's name of it. */
const CODES: Readonly<Record<string, string>> = {
  "Operation not permitted": "EPERM",
  "Permission denied": "EACCES",
  "No space left on device": "ENOSPC",
  "Too many users": "EUSERS",
  "Invalid argument": "EINVAL",
  "Function not implemented": "ENOSYS",
  "Cannot allocate memory": "ENOMEM",
};

const ALLOW = "Run it as root, or allow user namespaces " +
  "(sysctl kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu, kernel.unprivileged_userns_clone=1 " +
  "on older Debian); a container needs --privileged, or --cap-add SYS_ADMIN with --security-opt seccomp=unconfined";
const RAISE =
  "Raise the limits user.max_user_namespaces and user.max_net_namespaces (sysctl), of which 0 allows none";
const BUILD = "Use a kernel with CONFIG_NET_NS and CONFIG_USER_NS";

const REMEDIES: Readonly<Record<string, string>> = {
  EPERM: ALLOW,
  EACCES: ALLOW,
  ENOSPC: RAISE,
  EUSERS: RAISE,
  EINVAL: BUILD,
  ENOSYS: BUILD,
  ENOMEM: "Free memory",
};

/** An attempt to make a namespace that failed. */
export interface Refusal {
  /** Flags of unshare(2), in words: `CLONE_NEWNET`. */
  readonly flags: string;
  /** What `unshare` said on standard error, in the "C" locale. */
  readonly said: string;
}

/** The error for a system that permits no network namespace, in whatever way was tried; the last one decides. */
export function namespaceError(refusals: readonly Refusal[]): PreflightError {
  const last = refusals.at(-1);
  const code = last === undefined ? null : codeOf(last.said);
  return new PreflightError(
    "namespaces",
    `Cannot make a network namespace: ${refusals.map(describe).join("; ")}`,
    REMEDIES[code ?? ""] ?? ALLOW,
  );
}

/** `unshare(CLONE_NEWNET) is refused with EPERM (Operation not permitted)`, or what was said. */
function describe({ flags, said }: Refusal): string {
  const code = codeOf(said);
  // util-linux says "unshare failed", busybox "unshare(0x40000000)".
  const isCall = /: unshare( failed|\(0x[0-9a-f]+\)):/.test(said);
  if (!isCall || code === null) {
    return code === null ? said : `${said} (${code})`;
  }
  const text = said.slice(said.lastIndexOf(": ") + 2);
  return `unshare(${flags}) is refused with ${code} (${text})`;
}

function codeOf(said: string): string | null {
  return CODES[said.slice(said.lastIndexOf(": ") + 2)] ?? null;
}
