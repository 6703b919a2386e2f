import { readTextFile } from "../link/mod.ts";
import { startSha256 } from "./sha256.ts";

/** Of the kernel, new at each start (random(4)). */
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/** Identity of the machine's present boot, 16 hexadecimal digits; null where the system does not tell. */
export function readBoot(): string | null {
  const id = readTextFile(BOOT_ID)?.trim() ?? "";
  return id === "" ? null : startSha256().update(id).hex().slice(0, 16);
}
