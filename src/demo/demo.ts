import { ConfigError, PreflightError } from "../base/mod.ts";
import { kill } from "./host.ts";
import { Network, TARGET_COUNT, TARGET_RANGE } from "./network.ts";
import {
  DEMO_REQUIREMENTS,
  installCommand,
  missing,
  takeInventory,
} from "./requirements.ts";
import { selfCommand } from "./self.ts";

const RATE_PPS = 20_000;
const COOLDOWN_SECONDS = 1;
/** Rows of results that are shown; the rest is counted. */
const SHOWN_ROWS = 8;
const NEWLINE = 10;

/**
 * Builds a test network, scans it with this program and shows what comes of it. Removes the network
 * whatever happens, SIGINT and SIGTERM included. Returns the exit code.
 *
 * @throws {ConfigError} for any argument: there are none
 * @throws {PreflightError} when packages or rights are missing; the remedy says which
 */
export async function runDemo(args: readonly string[]): Promise<number> {
  if (args[0] !== undefined) {
    throw new ConfigError(
      "demo",
      `Cannot use argument "${args[0]}": demo takes none`,
    );
  }
  const inventory = await takeInventory();
  const lacking = missing(inventory, DEMO_REQUIREMENTS);
  if (lacking.length > 0) {
    const names = lacking.map(({ name, purpose }) => `${name} (${purpose})`)
      .join(", ");
    throw new PreflightError(
      "packages",
      `Cannot find ${names}`,
      `Run: ${installCommand(inventory, lacking)}`,
    );
  }
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  Deno.addSignalListener("SIGINT", interrupt);
  Deno.addSignalListener("SIGTERM", interrupt);
  try {
    await using network = await Network.create();
    return await show(network, inventory.present, interruption.signal);
  } catch (error) {
    // Whoever reads the output has left, as `| head` does: nobody to tell anything.
    if (error instanceof Deno.errors.BrokenPipe) return 0;
    throw error;
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
    Deno.removeSignalListener("SIGTERM", interrupt);
  }
}

async function show(
  network: Network,
  present: ReadonlySet<string>,
  interruption: AbortSignal,
): Promise<number> {
  const hasWebServer = present.has("nginx");
  const isCounting = present.has("nft");
  if (hasWebServer) await network.startWebServer();
  if (isCounting) await network.countProbes();
  const hosts = TARGET_COUNT.toLocaleString("en");
  const service = hasWebServer
    ? "nginx on port 80 of each"
    : "answering pings (with nginx installed: also port 80)";
  await print(
    `A test network in namespaces of its own; no packet leaves this machine.\n\n` +
      `    scanner 192.0.2.1 -- router -- ${hosts} hosts in ${TARGET_RANGE}, ${service}\n\n`,
  );
  const found = await scan(network, scanArguments(hasWebServer), interruption);
  const isInterrupted = interruption.aborted;
  await print(
    `\n${found.rows.toLocaleString("en")} of ${hosts} hosts found.\n`,
  );
  if (isCounting) {
    const { probes, repeated } = await network.probeCount();
    const arrived = probes.toLocaleString("en");
    await print(
      `The hosts' own firewall counted ${arrived} probes, ${repeated} of them to a host probed before.\n`,
    );
  }
  await network.close();
  await print("The test network is removed.\n");
  return isInterrupted ? 1 : found.code;
}

function scanArguments(hasWebServer: boolean): string[] {
  const probe = hasWebServer
    ? ["-p", "80", "-f", "saddr,sport,classification,ttl"]
    : ["-M", "icmp_echoscan", "-f", "saddr,classification,ttl"];
  return [
    ...probe,
    "-r",
    String(RATE_PPS),
    "-c",
    String(COOLDOWN_SECONDS),
    "-b",
    "/dev/null",
    TARGET_RANGE,
  ];
}

/** Runs the scan inside the network; shows its first rows and, as they are, its status, summary and ledger. */
async function scan(
  network: Network,
  args: readonly string[],
  interruption: AbortSignal,
): Promise<{ code: number; rows: number }> {
  if (interruption.aborted) return { code: 1, rows: 0 };
  await print(`$ pacemap ${args.join(" ")}\n`);
  const self = selfCommand();
  const streams = { stdout: "piped", stderr: "inherit" } as const;
  const child = network.scanner.spawn(
    self.program,
    [...self.args, ...args],
    streams,
  );
  const pass = (): void => void kill(child, "SIGINT");
  interruption.addEventListener("abort", pass, { once: true });
  try {
    const lines = await showFirstLines(child.stdout, SHOWN_ROWS + 1);
    const { code } = await child.status;
    return { code, rows: Math.max(lines - 1, 0) };
  } finally {
    interruption.removeEventListener("abort", pass);
    kill(child, "SIGKILL");
    await child.status;
  }
}

/** Copies the first lines of a stream to standard output and returns how many lines there were in all. */
async function showFirstLines(
  stream: ReadableStream<Uint8Array>,
  shown: number,
): Promise<number> {
  let lines = 0;
  for await (const chunk of stream) {
    let end = 0;
    for (let i = 0; i < chunk.length; i++) {
      if (chunk[i] === NEWLINE && ++lines <= shown) end = i + 1;
    }
    if (end > 0) await write(chunk.subarray(0, end));
  }
  if (lines > shown) {
    await print(`... and ${(lines - shown).toLocaleString("en")} more rows\n`);
  }
  return lines;
}

async function print(text: string): Promise<void> {
  await write(new TextEncoder().encode(text));
}

async function write(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await Deno.stdout.write(bytes.subarray(at));
  }
}
