import { cString } from "./_c_string.ts";
import { CLONE_NEWNET, O_CLOEXEC, O_RDONLY } from "./constants.ts";
import { checkResult } from "./errno.ts";
import { type Libc, openLibc } from "./libc.ts";

/** Names the calling thread's network namespace, `proc(5)`. */
const OWN_NAMESPACE = "/proc/thread-self/ns/net";

/**
 * A stay of the calling thread in a new network namespace, `network_namespaces(7)`: only sockets that it
 * opens meanwhile belong to it, other threads notice nothing, and the namespace goes with the last of these
 * sockets. Nothing may be awaited before it is left: what the runtime starts on this thread would stay inside.
 */
export class PrivateNetwork {
  readonly #libc: Libc = openLibc();
  #home: number;

  private constructor(home: number) {
    this.#home = home;
  }

  /**
   * Enters a new namespace, which has no interface but "lo", and that down.
   *
   * @throws {ErrnoError} EPERM without CAP_SYS_ADMIN
   */
  static enter(): PrivateNetwork {
    const libc = openLibc();
    const home = checkResult(
      "open this network namespace",
      libc.open(cString(OWN_NAMESPACE), O_RDONLY | O_CLOEXEC),
    );
    try {
      checkResult("make a network namespace", libc.unshare(CLONE_NEWNET));
    } catch (error) {
      libc.close(home);
      throw error;
    }
    return new PrivateNetwork(home);
  }

  /**
   * Goes back to where the thread came from; further calls do nothing.
   *
   * @throws {ErrnoError} when the kernel refuses the way back
   */
  leave(): void {
    if (this.#home < 0) return;
    const home = this.#home;
    this.#home = -1;
    const result = this.#libc.setns(home, CLONE_NEWNET);
    this.#libc.close(home);
    checkResult("return to the network namespace", result);
  }
}
