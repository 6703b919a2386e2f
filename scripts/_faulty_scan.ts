import { type Network, selfCommand, TARGET_RANGE } from "../src/demo/mod.ts";
import { type Check, equal, ledgerChecks } from "./_checks.ts";
import type { ScanMetadata } from "./_lab.ts";
import { FIRST_PORT, PortRows } from "./_port_rows.ts";

/** Size of the disk of the log. */
const DISK_BYTES = 65_536;

/** A scan whose results go through a pipe to a reader, and whose log is on a small disk. */
export class FaultyScan {
  readonly #directory: string;
  readonly #network: Network;
  readonly #child: Deno.ChildProcess;
  readonly #reader: Deno.ChildProcess;
  readonly #rows: PortRows;
  readonly #read: Promise<void>;
  #log = "";
  #isOver = false;
  /** Resolves when the scan has ended. */
  readonly sent: Promise<void>;

  private constructor(
    network: Network,
    { child, directory, portCount, reader }: {
      readonly child: Deno.ChildProcess;
      readonly reader: Deno.ChildProcess;
      readonly directory: string;
      readonly portCount: number;
    },
  ) {
    this.#network = network;
    this.#directory = directory;
    this.#child = child;
    this.#reader = reader;
    this.#rows = new PortRows(portCount);
    this.#read = this.#rows.read(reader.stdout);
    this.sent = child.status.then(() => void (this.#isOver = true));
  }

  /** Starts it. */
  static async start(
    network: Network,
    { portCount, ratePps }: {
      readonly portCount: number;
      readonly ratePps: number;
    },
  ): Promise<FaultyScan> {
    const directory = await Deno.makeTempDir({ prefix: "pacemap-faults-" });
    const at = (name: string): string => `${directory}/${name}`;
    await network.scanner.run("mkfifo", [at("rows")]);
    await network.scanner.run("mkdir", [at("log")]);
    const reader = network.scanner.spawn("cat", [at("rows")], {
      stdout: "piped",
    });
    const self = selfCommand();
    const mount =
      'mount -t tmpfs -o size="$1" none "$2" && shift 2 && exec "$@"';
    const child = network.scanner.spawn("unshare", [
      ...["--mount", "sh", "-c", mount, "sh", String(DISK_BYTES), at("log")],
      self.program,
      ...self.args,
      ...["-M", "tcp_synscan", "-r", String(ratePps), "--on-loss", "slow"],
      ...["-p", `${FIRST_PORT}-${FIRST_PORT + portCount - 1}`],
      ...["-f", "saddr,sport", "--output-filter", "repeat = 0"],
      ...["-o", at("rows"), "-m", at("metadata.json"), "-l", at("log/log")],
      ...["-b", "/dev/null", TARGET_RANGE],
    ], { stderr: "null" });
    return new FaultyScan(network, { child, directory, portCount, reader });
  }

  /** Whether the scan has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What it logged; known once it was checked. */
  get log(): string {
    return this.#log;
  }

  /** Sends the scan a signal. */
  signal(name: Deno.Signal): void {
    if (!this.#isOver) this.#child.kill(name);
  }

  /** Sends the reader of its results a signal. */
  signalReader(name: Deno.Signal): void {
    if (!this.#isOver) this.#reader.kill(name);
  }

  /** Fills the disk of the log with a file. */
  async fillLogDisk(): Promise<void> {
    await this.#onDisk("cat /dev/zero > fill");
  }

  /** Removes that file. */
  async emptyLogDisk(): Promise<void> {
    await this.#onDisk("rm -f fill");
  }

  /** Waits for its end, and checks what it left. */
  async check(): Promise<readonly Check[]> {
    const { code } = await this.#child.status;
    await this.#read;
    const text = await Deno.readTextFile(`${this.#directory}/metadata.json`);
    const metadata: ScanMetadata = JSON.parse(text);
    const { found, strangers, targets } = this.#rows;
    return [
      equal("exit code", code, 0),
      equal("ports found", found, targets),
      equal("rows of no target, or torn", strangers, 0),
      ...ledgerChecks(metadata),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of [this.#child, this.#reader]) {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.status;
    }
    await Deno.remove(this.#directory, { recursive: true });
  }

  /** Runs a command on the disk, which is mounted for the scan alone. That the disk is full is no error. */
  async #onDisk(command: string): Promise<void> {
    if (this.#isOver) return;
    await this.#network.scanner.run("nsenter", [
      ...["--target", String(this.#child.pid), "--mount", "--"],
      ...["sh", "-c", `cd "$1" && { ${command}; } 2>&1 || true`, "sh"],
      `${this.#directory}/log`,
    ]);
    if (command.startsWith("rm")) await this.#keepLog();
  }

  /** The disk goes with the scan. */
  async #keepLog(): Promise<void> {
    this.#log = await this.#network.scanner.run("nsenter", [
      ...["--target", String(this.#child.pid), "--mount", "--"],
      ...["tail", "-n", "200", `${this.#directory}/log/log`],
    ]).catch(() => this.#log);
  }
}
