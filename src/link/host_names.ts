import { hostName } from "../../ffi/host_name.ts";
import { readTextFile } from "../../ffi/text_file.ts";

const HOSTS_FILE = "/etc/hosts";

/** How this host is called. */
export interface HostNames {
  readonly local: string;
  /** The name that `/etc/hosts` has first for it, usually with its domain; null where it has none. */
  readonly full: string | null;
}

let known: HostNames | null = null;

/**
 * The names of this host, as they were at the first call: a scan in its sandbox cannot read them any more. Asks no name server: it may be slow or far away, and a dry run sends nothing.
 *
 * @throws {ErrnoError} when the kernel refuses to tell
 */
export function readHostNames(): HostNames {
  if (known !== null) return known;
  const local = hostName();
  const full = canonicalName(local, readTextFile(HOSTS_FILE) ?? "");
  known = { local, full };
  return known;
}

/** The canonical name of a host by the text of `/etc/hosts`, hosts(5); null where it is not there. */
export function canonicalName(name: string, hosts: string): string | null {
  const wanted = name.toLowerCase();
  for (const line of hosts.split("\n")) {
    const [, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (names.some((one) => one.toLowerCase() === wanted)) return names[0]!;
  }
  return null;
}
