/** How long the program takes to start, beside a runtime that runs nothing: from source, and as an executable. */
import {
  type Host,
  kill,
  Network,
  SCANNER_ADDRESS,
  type SelfCommand,
  selfCommand,
  SILENT_RANGE,
} from "../../src/demo/mod.ts";
import { has } from "../_lab.ts";
import { atMost, type Figure, median, missing, plain } from "./_report.ts";

/** Starts differ more than all else that is measured. */
const SAMPLES = 20;
const MOST_VERSION_MS = 50;
const MOST_PACKET_MS = 150;
const EXECUTABLE = new URL("../../dist/pacemap", import.meta.url);
/** One probe, to which nobody answers. */
const SCAN = [
  ...["-q", "-b", "/dev/null", "--no-checkpoint", "-o", "/dev/null"],
  ...["-p", "81", "-n", "1", "-c", "0", SILENT_RANGE],
];

/** A way to run the program, and its times in milliseconds, one of each for every round. */
interface Started {
  readonly name: string;
  readonly self: SelfCommand;
  readonly versions: number[];
  readonly packets: number[];
}

/** Milliseconds more than the bare runtime; a round is one of each after the other. */
export async function run(): Promise<Figure[]> {
  await using network = await Network.create();
  const { router, scanner } = network;
  const empty = await Deno.makeTempFile({ suffix: ".js" });
  try {
    const bare = { program: Deno.execPath(), args: ["run", "--quiet", empty] };
    const ways = await waysToRun();
    const bareTimes: number[] = [];
    const watch = await has(router, "tcpdump") ? new WireWatch(router) : null;
    await watch?.listening();
    // The first round fills caches.
    for (let round = 0; round <= SAMPLES; round++) {
      bareTimes.push(await timeToEnd(scanner, bare, []));
      for (const { packets, self, versions } of ways) {
        versions.push(await timeToEnd(scanner, self, ["--version"]));
        if (watch === null) continue;
        packets.push(await watch.timeToPacket(scanner, self));
      }
    }
    await watch?.end();
    return [
      plain("the bare runtime, to its end", bareTimes.slice(1), {
        unit: "ms",
      }),
      ...ways.flatMap((way) => figuresOf(way, bareTimes)),
    ];
  } finally {
    await Deno.remove(empty);
  }
}

function figuresOf(
  { name, packets, versions }: Started,
  bareTimes: readonly number[],
): Figure[] {
  const bare = median(bareTimes.slice(1));
  const beyond = (times: readonly number[]): number[] =>
    times.slice(1).map((time) => time - bare);
  const packet = `${name}: to the first packet, beyond the bare runtime`;
  return [
    atMost(`${name}: --version, beyond the bare runtime`, beyond(versions), {
      most: MOST_VERSION_MS,
      unit: "ms",
    }),
    packets.length === 0
      ? missing(packet, "needs tcpdump")
      : atMost(packet, beyond(packets), { most: MOST_PACKET_MS, unit: "ms" }),
  ];
}

async function waysToRun(): Promise<Started[]> {
  const source = { name: "from source", self: selfCommand() };
  const executable = {
    name: "executable",
    self: { program: decodeURIComponent(EXECUTABLE.pathname), args: [] },
  };
  const isBuilt = await Deno.stat(EXECUTABLE).then(() => true, () => false);
  return [source, ...isBuilt ? [executable] : []].map((way) => ({
    ...way,
    versions: [],
    packets: [],
  }));
}

async function timeToEnd(
  host: Host,
  { args: own, program }: SelfCommand,
  args: readonly string[],
): Promise<number> {
  const startMs = performance.now();
  const { success } = await host.spawn(program, [...own, ...args]).status;
  if (!success) throw new Error(`Cannot run ${program}`);
  return performance.now() - startMs;
}

/** The TCP packets of the scanner that arrive at the router, by tcpdump. */
class WireWatch {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #said: ReadableStreamDefaultReader<string>;

  constructor(router: Host) {
    this.#child = router.spawn("tcpdump", [
      ...["-i", "down0", "-Q", "in", "-n", "-Z", "root"],
      ...["-l", "--immediate-mode", "-tt"],
      `tcp and src ${SCANNER_ADDRESS}`,
    ], { stdout: "piped", stderr: "piped" });
    const text = (stream: ReadableStream<Uint8Array<ArrayBuffer>>) =>
      stream.pipeThrough(new TextDecoderStream()).getReader();
    this.#lines = text(this.#child.stdout);
    this.#said = text(this.#child.stderr);
  }

  async listening(): Promise<void> {
    for (let said = ""; !said.includes("listening on");) {
      const { done, value } = await this.#said.read();
      if (done) throw new Error(`tcpdump: ${said}`);
      said += value;
    }
  }

  /** Milliseconds from the command to its first packet, neighbour discovery included. */
  async timeToPacket(
    scanner: Host,
    { args, program }: SelfCommand,
  ): Promise<number> {
    await scanner.run("ip", ["neighbour", "flush", "all"]);
    const startMs = performance.timeOrigin + performance.now();
    const ended = scanner.spawn(program, [...args, ...SCAN]).status;
    const { value = "" } = await this.#lines.read();
    const { success } = await ended;
    const atMs = Number(value.split(" ")[0]) * 1000;
    if (!success || !(atMs > startMs)) throw new Error(`No scan: ${value}`);
    return atMs - startMs;
  }

  async end(): Promise<void> {
    kill(this.#child, "SIGTERM");
    await this.#child.status;
    await Promise.all([this.#lines.cancel(), this.#said.cancel()]);
  }
}
