import { cString } from "./_c_string.ts";
import { O_CLOEXEC, O_PATH } from "./constants.ts";
import { checkResult, ErrnoError } from "./errno.ts";
import { inEveryThread } from "./every_thread.ts";
import { LANDLOCK_PATH_BENEATH_ATTR } from "./layout.ts";
import { openLibc } from "./libc.ts";
import {
  LANDLOCK_ACCESS_FS_MAKE_REG,
  LANDLOCK_ACCESS_FS_REMOVE_FILE,
  LANDLOCK_ACCESS_FS_WRITE_FILE,
  LANDLOCK_CREATE_RULESET_VERSION,
  LANDLOCK_RULE_PATH_BENEATH,
} from "./sandbox_constants.ts";
import { addressOf, type SystemCall, systemCall } from "./system_call.ts";

/** Rights to files and to TCP that each version of the kernel's interface can take away, landlock(7): as many lowest bits. */
const FILE_RIGHTS = [13, 14, 15, 15, 16] as const;
const TCP_RIGHTS = [0, 0, 0, 2, 2] as const;
/** `struct landlock_ruleset_attr` up to the last field that is used: 64 bits each for files, and for TCP. */
const RULESET_BYTES = 16;
const FIRST_RULESET_BYTES = 8;

/** What is still done by path. */
export interface PathRights {
  /** A directory of which entries may be removed; null: none. */
  readonly removesIn: string | null;
  /** A pipe or file that may be opened for writing; null: none. */
  readonly writes: string | null;
  /**
   * A directory in which files may exchange their names, or be removed; null: none.
   *
   * @default {null}
   */
  readonly exchangesIn?: string | null;
}

/**
 * Takes all threads the right to open, make, change or remove files, and to use TCP, but for what it is told: the kernel's
 * Landlock. What is open stays usable.
 */
export class FileSandbox implements Disposable {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Prepares it, for which the program needs its rights yet; null where the kernel has no Landlock.
   *
   * @throws {ErrnoError} when a path leads nowhere
   */
  static prepare(
    { exchangesIn = null, removesIn, writes }: PathRights,
  ): FileSandbox | null {
    const version = landlockVersion();
    if (version === 0) return null;
    const sandbox = new FileSandbox(createRuleset(version));
    try {
      sandbox.#permit(removesIn, LANDLOCK_ACCESS_FS_REMOVE_FILE);
      sandbox.#permit(writes, LANDLOCK_ACCESS_FS_WRITE_FILE);
      // A name that a file gets is made for it.
      sandbox.#permit(
        exchangesIn,
        LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG,
      );
      return sandbox;
    } catch (error) {
      sandbox[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Puts all threads of the process into it, for good.
   *
   * @throws {ErrnoError} when the kernel refuses, or as `inEveryThread`
   */
  enter(): void {
    const call: SystemCall = {
      act: "give up files",
      name: "landlock_restrict_self",
      args: [BigInt(this.#fd), 0n],
    };
    for (const { refusal } of inEveryThread([call])) {
      if (refusal !== null) throw refusal;
    }
  }

  /** Closes what was prepared. */
  [Symbol.dispose](): void {
    openLibc().close(this.#fd);
  }

  #permit(path: string | null, rights: number): void {
    if (path === null) return;
    const libc = openLibc();
    const opened = libc.open(cString(path), O_PATH | O_CLOEXEC);
    const fd = checkResult(`open "${path}"`, opened);
    try {
      const { allowed_access, parent_fd, size } = LANDLOCK_PATH_BENEATH_ATTR;
      const rule = new DataView(new ArrayBuffer(size));
      rule.setBigUint64(allowed_access, BigInt(rights), true);
      rule.setInt32(parent_fd, fd, true);
      systemCall({
        act: `keep "${path}"`,
        name: "landlock_add_rule",
        args: [
          BigInt(this.#fd),
          BigInt(LANDLOCK_RULE_PATH_BENEATH),
          addressOf(new Uint8Array(rule.buffer)),
          0n,
        ],
      });
    } finally {
      libc.close(fd);
    }
  }
}

/** Version of the kernel's interface; 0 where there is none. */
function landlockVersion(): number {
  try {
    return systemCall({
      act: "ask for Landlock",
      name: "landlock_create_ruleset",
      args: [0n, 0n, BigInt(LANDLOCK_CREATE_RULESET_VERSION)],
    });
  } catch (error) {
    // ENOSYS: not there; EOPNOTSUPP: switched off; EPERM: a container's filter.
    if (error instanceof ErrnoError) return 0;
    throw error;
  }
}

function createRuleset(version: number): number {
  const index = Math.min(version, FILE_RIGHTS.length) - 1;
  const tcp = TCP_RIGHTS[index]!;
  const ruleset = new DataView(new ArrayBuffer(RULESET_BYTES));
  ruleset.setBigUint64(0, lowest(FILE_RIGHTS[index]!), true);
  ruleset.setBigUint64(8, lowest(tcp), true);
  // A kernel that does not know of TCP takes no longer one.
  const length = tcp === 0 ? FIRST_RULESET_BYTES : RULESET_BYTES;
  return systemCall({
    act: "make a Landlock ruleset",
    name: "landlock_create_ruleset",
    args: [addressOf(new Uint8Array(ruleset.buffer)), BigInt(length), 0n],
  });
}

function lowest(bits: number): bigint {
  return (1n << BigInt(bits)) - 1n;
}
