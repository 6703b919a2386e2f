import { cString } from "../ffi/_c_string.ts";
import { checkResult } from "../ffi/errno.ts";
import { openLibc } from "../ffi/libc.ts";
import type { Host } from "../src/demo/mod.ts";
import { sleep } from "./_lab.ts";

const O_RDONLY = 0;
/** `_IOR('X', 125, __u32)`, <linux/fs.h> of kernels since 6.9; ext4 has it since 4.13. */
const FS_IOC_SHUTDOWN = 0x8004_587dn;
/** Shut down at once: neither data nor the journal is written any more. */
const NO_LOG_FLUSH = 2;
const SIZE = "256M";
const MOST_TRIES = 50;
const RETRY_MS = 100;

/**
 * An ext4 file system in a file, whose power can be cut: all that was not synced is lost, and every use of it fails
 * until the power is back.
 */
export class FragileDisk implements AsyncDisposable {
  readonly path: string;
  readonly #host: Host;
  readonly #directory: string;

  private constructor(host: Host, directory: string) {
    this.#host = host;
    this.#directory = directory;
    this.path = `${directory}/disk`;
  }

  /**
   * Makes one, mounted for this process too.
   *
   * @throws {Error} when the rights for that are missing, or mkfs.ext4 is
   */
  static async create(host: Host): Promise<FragileDisk> {
    const directory = await Deno.makeTempDir({ prefix: "pacemap-disk-" });
    const disk = new FragileDisk(host, directory);
    await Deno.mkdir(disk.path);
    await host.run("truncate", ["-s", SIZE, disk.#image]);
    await host.run("mkfs.ext4", ["-q", disk.#image]);
    await disk.#mount();
    return disk;
  }

  /** Cuts the power. */
  cut(): void {
    const libc = openLibc();
    const fd = checkResult("open", libc.open(cString(this.path), O_RDONLY));
    const flags = new Uint8Array(new Uint32Array([NO_LOG_FLUSH]).buffer);
    const result = libc.ioctl(fd, FS_IOC_SHUTDOWN, flags);
    libc.close(fd);
    checkResult("shut the file system down", result);
  }

  /** Brings the power back, once nobody uses the disk any more. */
  async restore(): Promise<void> {
    for (let tries = 1;; tries++) {
      try {
        await this.#host.run("umount", [this.path]);
        break;
      } catch (error) {
        // What a killed process had open is closed a little later.
        if (tries === MOST_TRIES) throw error;
        await sleep(RETRY_MS);
      }
    }
    await this.#mount();
  }

  /** Removes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host.run("umount", [this.path]);
    await Deno.remove(this.#directory, { recursive: true });
  }

  get #image(): string {
    return `${this.#directory}/image`;
  }

  async #mount(): Promise<void> {
    await this.#host.run("mount", ["-o", "loop", this.#image, this.path]);
  }
}
