import {
  kill,
  type Network,
  selfCommand,
  TARGET_RANGE,
} from "../src/demo/mod.ts";
import { type Check, equal, ledgerChecks } from "./_checks.ts";
import { type ScanMetadata, sleep } from "./_lab.ts";
import { FIRST_PORT, PortRows } from "./_port_rows.ts";

/** How often memory is looked at. */
const MEMORY_PERIOD_MS = 5000;
const POLL_MS = 50;
/** Room for the rows (at most 21 bytes each), the checkpoint (8 bytes each) and the log. */
const ROW_BYTES = 32;
const SPARE_BYTES = 256 * 2 ** 20;

/** Memory that a run had. */
export interface MemorySample {
  /** Since the start of the first run. */
  readonly seconds: number;
  /** Which run, from 1, and since when it runs. */
  readonly run: number;
  readonly ageSeconds: number;
  readonly bytes: number;
}

/** A scan that is killed and resumed, and writes its rows, its log and its checkpoint to a disk of its own. */
export class LastingScan {
  readonly #directory: string;
  readonly #network: Network;
  readonly #disk: Deno.ChildProcess;
  readonly #rows: PortRows;
  readonly #startedAt = performance.now();
  readonly #memory: MemorySample[] = [];
  #child: Deno.ChildProcess;
  #runStartedAt = performance.now();
  #code: number | null = null;
  #isOver = false;
  #runs = 0;

  private constructor(
    network: Network,
    { directory, disk, portCount, ratePps }: {
      readonly directory: string;
      readonly disk: Deno.ChildProcess;
      readonly portCount: number;
      readonly ratePps: number;
    },
  ) {
    this.#network = network;
    this.#directory = directory;
    this.#disk = disk;
    this.#rows = new PortRows(portCount);
    const at = (name: string): string => `${directory}/${name}`;
    this.#child = this.#run([
      ...["-M", "tcp_synscan", "-r", String(ratePps), "--on-loss", "slow"],
      ...["-p", `${FIRST_PORT}-${FIRST_PORT + portCount - 1}`],
      ...["-f", "saddr,sport", "--output-filter", "repeat = 0"],
      ...["-o", at("rows"), "-m", at("metadata.json"), "-l", at("log")],
      ...["-b", "/dev/null", TARGET_RANGE],
    ]);
    void this.#watchMemory();
  }

  /** Mounts the disk and starts the first run. */
  static async start(
    network: Network,
    { portCount, ratePps }: {
      readonly portCount: number;
      readonly ratePps: number;
    },
  ): Promise<LastingScan> {
    const directory = await Deno.makeTempDir({ prefix: "pacemap-lasting-" });
    const rows = new PortRows(portCount);
    const bytes = rows.targets * ROW_BYTES + SPARE_BYTES;
    const disk = network.scanner.spawn("unshare", [
      ...["--mount", "sh", "-c"],
      'mount -t tmpfs -o size="$1" none "$2" && touch "$2/mounted" && exec sleep infinity',
      ...["sh", String(bytes), directory],
    ], { stderr: "null" });
    const scan = { directory, disk, portCount, ratePps };
    const isMounted = (): Promise<boolean> =>
      network.scanner.run("nsenter", [
        ...["--target", String(disk.pid), "--mount", "--"],
        ...["test", "-e", `${directory}/mounted`],
      ]).then(() => true, () => false);
    while (!await isMounted()) await sleep(POLL_MS);
    return new LastingScan(network, scan);
  }

  /** Whether it has come to its own end. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Runs so far. */
  get runs(): number {
    return this.#runs;
  }

  /** What memory its runs had. */
  get memory(): readonly MemorySample[] {
    return this.#memory;
  }

  /** Sends the scan a signal. */
  signal(name: Deno.Signal): void {
    if (!this.#isOver) kill(this.#child, name);
  }

  /** Ends the run that there is with this signal, and resumes it; what ends of itself meanwhile is over. */
  async resumeAfter(signal: Deno.Signal): Promise<void> {
    if (this.#isOver || !await this.#hasCheckpoint()) return;
    const child = this.#child;
    kill(child, signal);
    await child.status;
    if (!await this.#hasCheckpoint()) return;
    this.#isOver = false;
    this.#child = this.#run(["resume", `${this.#directory}/rows.pacemap`]);
  }

  /** Fills the disk to its last byte. */
  async fillDisk(): Promise<void> {
    await this.#onDisk("cat /dev/zero > fill 2>/dev/null || true");
  }

  /** Frees it. */
  async freeDisk(): Promise<void> {
    await this.#onDisk("rm -f fill");
  }

  /** Checks what it left at its end. */
  async check(): Promise<readonly Check[]> {
    const metadata: ScanMetadata | null = await this.#onDisk(
      "cat metadata.json",
    ).then((text) => JSON.parse(text)).catch(() => null);
    const reader = this.#inDisk("cat", [`${this.#directory}/rows`], "piped");
    await this.#rows.read(reader.stdout);
    // Resets are failures, and those of a target that was probed again are rows again.
    const { found, strangers, targets } = this.#rows;
    return [
      equal("exit code", this.#code ?? -1, 0),
      equal("ports found", found, targets),
      equal("rows of no target, or torn", strangers, 0),
      { name: "metadata", seen: "", isMet: metadata !== null },
      ...metadata === null ? [] : ledgerChecks(metadata),
    ];
  }

  /** The last lines of its log. */
  log(): Promise<string> {
    return this.#onDisk("tail -n 200 log");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of [this.#child, this.#disk]) {
      kill(child, "SIGKILL");
      await child.status;
    }
    await Deno.remove(this.#directory, { recursive: true });
  }

  #run(words: readonly string[]): Deno.ChildProcess {
    const self = selfCommand();
    const child = this.#inDisk(self.program, [...self.args, ...words], "null");
    this.#runs++;
    this.#runStartedAt = performance.now();
    void child.status.then(({ code }) => {
      if (this.#child !== child) return;
      this.#code = code;
      this.#isOver = true;
    });
    return child;
  }

  async #hasCheckpoint(): Promise<boolean> {
    return await this.#onDisk("test -s rows.pacemap && echo yes || true") !==
      "";
  }

  #inDisk(
    program: string,
    args: readonly string[],
    stdout: "null" | "piped",
  ): Deno.ChildProcess {
    return this.#network.scanner.spawn("nsenter", [
      ...["--target", String(this.#disk.pid), "--mount", "--"],
      ...[program, ...args],
    ], { stdout, stderr: "null" });
  }

  /** Runs a shell command on the disk. */
  #onDisk(command: string): Promise<string> {
    return this.#network.scanner.run("nsenter", [
      ...["--target", String(this.#disk.pid), "--mount", "--"],
      ...["sh", "-c", `cd "$1" && { ${command}; }`, "sh", this.#directory],
    ]);
  }

  async #watchMemory(): Promise<void> {
    for (;;) {
      await sleep(MEMORY_PERIOD_MS);
      if (this.#isOver) return;
      const status = await this.#network.scanner.run("grep", [
        "VmRSS",
        `/proc/${this.#child.pid}/status`,
      ]).catch(() => "");
      const kilobytes = Number(/\d+/.exec(status)?.[0] ?? 0);
      const now = performance.now();
      if (kilobytes > 0) {
        this.#memory.push({
          seconds: (now - this.#startedAt) / 1000,
          run: this.#runs,
          ageSeconds: (now - this.#runStartedAt) / 1000,
          bytes: kilobytes * 1024,
        });
      }
    }
  }
}
