/** Whole scans of the test network: time to completion at full speed, and to the first packet. */
import {
  GATEWAY_ADDRESS,
  kill,
  Network,
  SCANNER_ADDRESS,
  SCANNER_INTERFACE,
  TARGET_COUNT,
  TARGET_RANGE,
} from "../../src/demo/mod.ts";
import { has, sleep } from "../_lab.ts";
import { captureWire } from "../_wire_capture.ts";
import { pacemap, type Program } from "./_programs.ts";
import {
  atLeast,
  atMost,
  type BenchOptions,
  type Figure,
  median,
  missing,
  plain,
} from "./_report.ts";

/** All of them wait so long for late answers. */
const COOLDOWN_SECONDS = 1;
const MOST_START_MS = 300;
/** How long a scan runs whose first packet is waited for. */
const SENDING_MS = 2000;

/** A scan that has ended. */
interface Finished {
  readonly seconds: number;
  readonly found: number;
}

/** Times and hosts found; a round is one program after the other. */
export async function run({ rounds }: BenchOptions): Promise<Figure[]> {
  await using network = await Network.create();
  const programs = await installed(network);
  const results = programs.map((): Finished[] => []);
  const starts: number[] = [];
  const canCapture = await has(network.router, "tcpdump");
  for (let round = 0; round < rounds; round++) {
    for (const [i, program] of programs.entries()) {
      results[i]!.push(await finish(network, program));
    }
    if (canCapture) starts.push(await timeToFirstPacket(network));
  }
  const seconds = results.map((all) => all.map((one) => one.seconds));
  const peers = seconds.filter((_, i) => !programs[i]!.name.startsWith("pace"));
  const fastest = peers.toSorted((a, b) => median(a) - median(b))[0];
  const what = "whole scan against the fastest other, its time to ours";
  return [
    ...programs.flatMap(({ name }, i) => [
      plain(`whole scan of ${TARGET_COUNT} hosts: ${name}`, seconds[i]!, {
        digits: 2,
        unit: "s",
      }),
      plain(
        `hosts found: ${name}`,
        results[i]!.map(({ found }) => found),
        { unit: "" },
      ),
    ]),
    fastest === undefined
      ? missing(what, "none is installed")
      : atLeast(what, seconds[0]!.map((own, i) => fastest[i]! / own), {
        least: 1,
        digits: 2,
        unit: "times",
      }),
    fastest === undefined
      ? missing(`${what}, 2 senders`, "none is installed")
      : plain(
        `${what}, 2 senders`,
        seconds[1]!.map((own, i) => fastest[i]! / own),
        { digits: 2, unit: "times" },
      ),
    canCapture
      ? atMost("from the command to the first packet", starts, {
        most: MOST_START_MS,
        unit: "ms",
      })
      : missing("from the command to the first packet", "needs tcpdump"),
  ];
}

async function installed(network: Network): Promise<Program[]> {
  const { router, scanner } = network;
  const link = await router.run("ip", ["-json", "link", "show", "down0"]);
  const mac: string = JSON.parse(link)[0].address;
  const own = (name: string, senders: readonly string[]): Program =>
    pacemap(name, [
      ...["-M", "icmp_echoscan", "-r", "0", "-c", String(COOLDOWN_SECONDS)],
      ...[...senders, TARGET_RANGE],
    ]);
  const programs = [
    own("pacemap", []),
    own("pacemap, 2 senders", ["-T", "2"]),
  ];
  if (await has(scanner, "zmap")) {
    programs.push({
      name: "zmap",
      command: [
        ...["zmap", "-i", SCANNER_INTERFACE, "-G", mac, "-q", "-r", "0"],
        ...["-M", "icmp_echoscan", "-c", String(COOLDOWN_SECONDS)],
        ...["-b", "/dev/null", "-o", "-", TARGET_RANGE],
      ],
    });
  }
  if (await has(scanner, "masscan")) {
    programs.push({
      name: "masscan",
      command: [
        ...["masscan", "--adapter", SCANNER_INTERFACE, "--ping"],
        ...["--adapter-ip", SCANNER_ADDRESS, "--router-ip", GATEWAY_ADDRESS],
        ...["--router-mac", mac.replaceAll(":", "-")],
        ...["--rate", "10000000", "--wait", String(COOLDOWN_SECONDS)],
        TARGET_RANGE,
      ],
    });
  }
  return programs;
}

/** Runs a scan to its end; each line of its output with an address of the network is a host. */
async function finish(network: Network, program: Program): Promise<Finished> {
  const [name, ...args] = program.command;
  const startMs = performance.now();
  const child = network.scanner.spawn(name!, args, {
    stdout: "piped",
    stderr: "null",
  });
  const text = await new Response(child.stdout).text();
  await child.status;
  const seconds = (performance.now() - startMs) / 1000;
  const hosts = text.match(/\b198\.1[89]\.\d+\.\d+\b/g) ?? [];
  return { seconds, found: new Set(hosts).size };
}

/** Milliseconds from the command to the first probe on the wire, neighbour discovery included. */
async function timeToFirstPacket(network: Network): Promise<number> {
  const { scanner } = network;
  await scanner.run("ip", ["neighbour", "flush", "all"]);
  const { command } = pacemap("pacemap", ["-p", "81", "-r", "1000"]);
  const [name, ...args] = [...command, TARGET_RANGE];
  let startMs = 0;
  const { firstMs } = await captureWire(network, async () => {
    startMs = Date.now();
    const child = scanner.spawn(name!, args);
    await sleep(SENDING_MS);
    kill(child, "SIGKILL");
    await child.status;
  });
  if (firstMs === null) throw new Error("The scan does not send");
  return firstMs - startMs;
}
