import { textOfCString } from "./_c_string.ts";
import { HOST_NAME_MAX } from "./constants.ts";
import { checkResult } from "./errno.ts";
import { openLibc } from "./libc.ts";

/**
 * The name of this host, `gethostname(2)`.
 *
 * @throws {ErrnoError} when the kernel refuses to tell
 */
export function hostName(): string {
  const name = new Uint8Array(new ArrayBuffer(HOST_NAME_MAX + 1));
  checkResult(
    "get host name",
    openLibc().gethostname(name, BigInt(name.length)),
  );
  return textOfCString(name);
}
