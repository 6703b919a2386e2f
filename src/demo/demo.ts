import { ConfigError, formatCount, PreflightError } from "../base/mod.ts";
import { kill } from "./host.ts";
import { LiveLink } from "./live_link.ts";
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
const ENDED_EARLY = 1;

/** What the demo hears of while it runs. */
export interface DemoHooks {
  /** Ends it early when it aborts. */
  readonly signal: AbortSignal;
  /** Is given what to do when somebody asks for the status. */
  answerWith(answer: () => void): void;
}

/**
 * Builds a test network, scans it with this program and shows what comes of it. Removes the network
 * whatever happens, signals included. Returns the exit code.
 *
 * @throws {ConfigError} for any argument: there are none
 * @throws {PreflightError} when packages or rights are missing; the remedy says which
 */
export async function runDemo(
  args: readonly string[],
  hooks: DemoHooks,
): Promise<number> {
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
  try {
    await using network = await Network.create();
    return await show(network, inventory.present, hooks);
  } catch (error) {
    // Whoever read the output has left, as `| head` does: nobody to tell anything.
    if (error instanceof Deno.errors.BrokenPipe) return ENDED_EARLY;
    throw error;
  }
}

async function show(
  network: Network,
  present: ReadonlySet<string>,
  hooks: DemoHooks,
): Promise<number> {
  const hasWebServer = present.has("nginx") &&
    await succeeds(network.startWebServer());
  const isCounting = present.has("nft") &&
    await succeeds(network.countProbes());
  const service = hasWebServer
    ? "nginx answers on port 80 of each"
    : "they answer pings (with nginx installed, also on port 80)";
  await print(
    `A test network in namespaces of its own; no packet leaves this machine.

    scanner 192.0.2.1 -- router -- ${
      formatCount(TARGET_COUNT)
    } hosts, ${TARGET_RANGE}; ${service}

`,
  );
  const directory = await Deno.makeTempDir({ prefix: "pacemap-demo-" });
  const socket = `${directory}/live.sock`;
  const report = `${directory}/report.html`;
  using link = LiveLink.open(socket);
  if (link !== null) await print(`Watch it in a browser: ${link.url}\n\n`);
  const { code, found } = await scan(
    network,
    [
      ...link === null ? [] : ["--listen", `unix:${socket}`],
      ...["--report", report],
      ...scanArguments(hasWebServer),
    ],
    hooks,
  );
  await Deno.remove(socket).catch(() => {});
  await print(
    `\n${formatCount(found)} of ${formatCount(TARGET_COUNT)} hosts found.\n`,
  );
  if (isCounting) {
    const { probes, repeated } = await network.probeCount();
    await print(
      `The hosts' own firewall counted ${
        formatCount(probes)
      } probes: one to each of ${formatCount(probes - repeated)} hosts, and ${
        formatCount(repeated)
      } further ones that measure the loss.\n`,
    );
  }
  if (await hasContent(report)) {
    await print(`Its report, for a browser: file://${report}\n`);
  } else await Deno.remove(directory, { recursive: true });
  await network.close();
  await print("The test network is removed.\n");
  return hooks.signal.aborted ? ENDED_EARLY : code;
}

function scanArguments(hasWebServer: boolean): string[] {
  const probe = hasWebServer
    ? ["-p", "80", "-f", "saddr,sport,classification,ttl"]
    : ["-M", "icmp_echoscan", "-f", "saddr,classification,ttl"];
  const pace = ["-r", String(RATE_PPS), "-c", String(COOLDOWN_SECONDS)];
  // The default blocklist has every range that may be used for tests.
  return [...probe, ...pace, "-b", "/dev/null", TARGET_RANGE];
}

/** Runs the scan inside the network; shows its first rows and, as they are, its status, summary and ledger. */
async function scan(
  network: Network,
  args: readonly string[],
  { answerWith, signal }: DemoHooks,
): Promise<{ code: number; found: number }> {
  await print(`$ pacemap ${args.join(" ")}\n`);
  if (signal.aborted) return { code: ENDED_EARLY, found: 0 };
  const self = selfCommand();
  const child = network.scanner.spawn(
    self.program,
    // What the user has set for other scans is not for this one.
    [...self.args, "--no-config", ...args],
    { stdout: "piped", stderr: "inherit" },
  );
  const passOn = (): void => void kill(child, "SIGINT");
  signal.addEventListener("abort", passOn);
  answerWith(() => void kill(child, "SIGQUIT"));
  try {
    const found = await showRows(child.stdout);
    const { code } = await child.status;
    return { code, found };
  } finally {
    signal.removeEventListener("abort", passOn);
    answerWith(() => {});
    kill(child, "SIGKILL");
    await child.status;
  }
}

/** Copies the header and the first rows of a scan's output; returns how many addresses have a row in it. */
async function showRows(stream: ReadableStream<Uint8Array>): Promise<number> {
  const addresses = new Set<string>();
  let rows = -1;
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (++rows > 0) addresses.add(line.slice(0, line.indexOf(",")));
      if (rows <= SHOWN_ROWS) await print(`${line}\n`);
      else if (rows === SHOWN_ROWS + 1) await print("...\n");
    }
  }
  return addresses.size;
}

async function hasContent(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).size > 0;
  } catch {
    return false;
  }
}

/** For what the demo can do without: a system may lack the kernel module, or have an old nginx. */
function succeeds(attempt: Promise<void>): Promise<boolean> {
  return attempt.then(() => true, () => false);
}

async function print(text: string): Promise<void> {
  await write(new TextEncoder().encode(text));
}

async function write(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await Deno.stdout.write(bytes.subarray(at));
  }
}
