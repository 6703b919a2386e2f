import {
  type Host,
  Network,
  selfCommand,
  TEST_REQUIREMENTS,
} from "../../src/demo/mod.ts";
import { findSkipReason, testUnless } from "./skip.ts";

/** Path of an executable to test instead of the source. */
const EXECUTABLE_VARIABLE = "PACEMAP";

const SKIP_REASON = await findSkipReason(TEST_REQUIREMENTS);

/** What a program that has ended left. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
}

/**
 * Registers a test that gets a network of its own, removed when it ends. Skipped, and said so, on a machine
 * that lacks packages or does not permit namespaces; there it fails instead when `CI` is set.
 */
export function networkTest(
  name: string,
  run: (network: Network) => Promise<void>,
): void {
  testUnless(SKIP_REASON, name, async () => {
    await using network = await Network.create();
    await run(network);
  });
}

/** Program and arguments that run pacemap: the source, or the executable that is to be tested. */
export function pacemapCommand(args: readonly string[]): string[] {
  const executable = Deno.env.get(EXECUTABLE_VARIABLE);
  const self = executable === undefined
    ? selfCommand()
    : { program: executable, args: [] };
  return [self.program, ...self.args, ...args];
}

/** Starts pacemap on a host, with both output streams to be read; `wrapper` is a command that runs it. */
export function startPacemap(
  host: Host,
  args: readonly string[],
  wrapper: readonly string[] = [],
): Deno.ChildProcess {
  const [program, ...rest] = [...wrapper, ...pacemapCommand(args)];
  return host.spawn(program!, rest, { stdout: "piped", stderr: "piped" });
}

/** Runs pacemap on a host to its end. */
export async function runPacemap(
  host: Host,
  args: readonly string[],
  wrapper: readonly string[] = [],
): Promise<Outcome> {
  const startMs = performance.now();
  const output = await startPacemap(host, args, wrapper).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
    elapsedMs: performance.now() - startMs,
  };
}

/** What a scan found, and what it says about itself. */
export interface ScanOutcome extends Outcome {
  /** Rows of the result, without the header. */
  readonly rows: readonly string[];
  /** The metadata file. */
  readonly metadata: Record<string, unknown>;
}

/** Runs a scan with a metadata file, nothing blocked and the default output, plus `args`. */
export async function runScan(
  network: Pick<Network, "scanner">,
  args: readonly string[],
): Promise<ScanOutcome> {
  const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
  try {
    const path = `${directory}/metadata.json`;
    const common = ["-b", "/dev/null", "-m", path];
    const outcome = await runPacemap(network.scanner, [...common, ...args]);
    const metadata = await Deno.readTextFile(path).catch(() => "null");
    return {
      ...outcome,
      rows: rowsOf(outcome.stdout),
      metadata: JSON.parse(metadata || "null") ?? {},
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The rows of CSV text behind its header. */
export function rowsOf(csv: string): string[] {
  return csv.split("\n").slice(1).filter((row) => row !== "");
}
