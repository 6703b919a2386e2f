/** What the scripts that measure in the test network share. */
import {
  type Host,
  installCommand,
  kill,
  missing,
  Network,
  selfCommand,
  takeInventory,
  TEST_REQUIREMENTS,
} from "../src/demo/mod.ts";

/** Time within which a scan that was started has to send. */
const START_MS = 20_000;
const POLL_MS = 20;

/** What the metadata says that is measured here. */
export interface ScanMetadata {
  readonly packets_sent: number;
  readonly success_unique: number;
  readonly exit_reason: string;
  readonly loss: {
    readonly path: {
      readonly rate: number;
      readonly low: number;
      readonly high: number;
      readonly samples: number;
    } | null;
    readonly places: Readonly<Record<string, number>>;
  };
  readonly rate_control: {
    readonly mean: number;
    readonly max_window_excess: number;
    readonly changes: readonly [number, number, string][];
  };
  readonly passes: number;
  readonly ledger: {
    readonly send: Readonly<Record<string, number>>;
    readonly receive: Readonly<Record<string, number>>;
    readonly output: Readonly<Record<string, number>>;
    readonly capture: Readonly<Record<string, number>>;
  };
}

/** What a scan left. */
export interface LabScan {
  readonly code: number;
  readonly stderr: string;
  readonly metadata: ScanMetadata;
  /** Rows of the status updates file, JSON lines. */
  readonly status: readonly Readonly<Record<string, number | null>>[];
}

/** Makes a network; says what to install when something is missing. */
export async function openLab(): Promise<Network> {
  const inventory = await takeInventory();
  const lacking = missing(inventory, TEST_REQUIREMENTS);
  if (lacking.length > 0) throw new Error(installCommand(inventory, lacking));
  return await Network.create();
}

/** Whether a program is installed. */
export function has(host: Host, program: string): Promise<boolean> {
  return host.run("sh", ["-c", 'command -v "$1"', "sh", program])
    .then(() => true, () => false);
}

/**
 * Runs a scan to its end. `during` begins once the first packets are on their way, and may do anything with the
 * network or the process meanwhile; the scan is waited for when it returns.
 */
export async function scan(
  network: Network,
  args: readonly string[],
  during?: (child: Deno.ChildProcess) => Promise<void>,
): Promise<LabScan> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-lab-" });
  try {
    const self = selfCommand();
    const [metadataPath, statusPath] = [
      `${directory}/metadata.json`,
      `${directory}/status.jsonl`,
    ];
    const files = ["-m", metadataPath, "-u", statusPath, "-o", "/dev/null"];
    const sentBefore = await packetsAtRouter(network);
    const child = network.scanner.spawn(self.program, [
      ...self.args,
      ...files,
      ...["-b", "/dev/null", "-q"],
      ...args,
    ], { stderr: "piped" });
    const stderr = new Response(child.stderr).text();
    try {
      if (during !== undefined) {
        await waitUntilSending(network, sentBefore);
        await during(child);
      }
      const { code } = await child.status;
      const text = await Deno.readTextFile(metadataPath).catch(() => "");
      if (text === "") throw new Error(`No metadata: ${await stderr}`);
      const lines = (await Deno.readTextFile(statusPath)).trim().split("\n");
      return {
        code,
        stderr: await stderr,
        metadata: JSON.parse(text),
        status: lines.map((line) => JSON.parse(line)),
      };
    } finally {
      kill(child, "SIGKILL");
      await child.status;
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Packets that the router has got from the scanner, as its interface counts them. */
export function packetsAtRouter(network: Network): Promise<number> {
  return packetsReceived(network.router, "down0");
}

/** Packets that an interface of a host has received. */
export async function packetsReceived(
  host: Host,
  interfaceName: string,
): Promise<number> {
  const args = ["-json", "-stats", "link", "show", interfaceName];
  return JSON.parse(await host.run("ip", args))[0].stats64.rx.packets;
}

async function waitUntilSending(
  network: Network,
  before: number,
): Promise<void> {
  const endMs = performance.now() + START_MS;
  // A few packets are neighbour discovery.
  while (await packetsAtRouter(network) < before + 20) {
    if (performance.now() > endMs) throw new Error("The scan does not send");
    await sleep(POLL_MS);
  }
}

/** Waits. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A Markdown table, its columns padded to the same width. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(3, ...all.map((row) => row[column]!.length))
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(header), rule, ...rows.map(line)].join("\n");
}

/** One line about the machine, for the top of a table. */
export function machineText(): string {
  const [load] = Deno.loadavg();
  return `${navigator.hardwareConcurrency} processors, load ${
    load!.toFixed(2)
  }, Deno ${Deno.version.deno}`;
}
