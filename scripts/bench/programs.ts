/** Whole programs at full speed into an interface that drops every frame behind its driver. */
import { Host } from "../../src/demo/mod.ts";
import { has, sleep } from "../_lab.ts";
import {
  arrivalRate,
  pacemap,
  type Program,
  whileSending,
} from "./_programs.ts";
import {
  atLeast,
  type BenchOptions,
  type Figure,
  median,
  missing,
  plain,
} from "./_report.ts";

const SINK = "sink0";
const SETUP = `link add ${SINK} numtxqueues 4 numrxqueues 4 type ifb
address add 192.0.0.1/24 dev ${SINK}
link set ${SINK} up\n`;
const MAC = "02:00:00:00:00:02";
/** More than any of them sends in the time. */
const TARGETS = "8.0.0.0/5";
const SETTLE_MS = 1000;
const MEASURE_MS = 2000;
const LEAST_OF_ZMAP = 2;
const LEAST_OF_MASSCAN = 2.5;
const LEAST_OF_ONE = 1.6;

/** The rate of each, and the ratios that count; a round is one after the other. */
export async function run({ rounds }: BenchOptions): Promise<Figure[]> {
  await using host = await Host.create();
  await host.run("ip", ["-batch", "-"], SETUP);
  const programs = await installed(host);
  const rates = programs.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, program] of programs.entries()) {
      const hosts = { from: host, to: host, at: SINK };
      rates[i]!.push(
        await whileSending(program, hosts, async () => {
          await sleep(SETTLE_MS);
          return await arrivalRate(host, SINK, MEASURE_MS);
        }),
      );
    }
  }
  const ratesOf = (name: string): number[] | undefined =>
    rates[programs.findIndex((program) => program.name.startsWith(name))];
  const best = ["pacemap, xdp, 1", "pacemap, ring, 1"]
    .map((name) => ratesOf(name)!)
    .toSorted((a, b) => median(b) - median(a))[0]!;
  const compare = (
    what: string,
    left: readonly number[],
    right: readonly number[] | undefined,
    least: number,
  ): Figure =>
    right === undefined
      ? missing(what, "not installed")
      : atLeast(what, left.map((rate, i) => rate / right[i]!), {
        least,
        digits: 2,
        unit: "times",
      });
  return [
    ...programs.map(({ name }, i) =>
      plain(`whole program to a sink: ${name}`, rates[i]!, {
        unit: "packets/s",
      })
    ),
    compare("best back end against zmap", best, ratesOf("zmap"), LEAST_OF_ZMAP),
    compare(
      "best back end against masscan",
      best,
      ratesOf("masscan"),
      LEAST_OF_MASSCAN,
    ),
    ...["xdp", "ring"].map((backend) =>
      compare(
        `two senders against one, ${backend}`,
        ratesOf(`pacemap, ${backend}, 2`)!,
        ratesOf(`pacemap, ${backend}, 1`),
        LEAST_OF_ONE,
      )
    ),
  ];
}

async function installed(host: Host): Promise<Program[]> {
  const own = (backend: string, senders: number): Program =>
    pacemap(`pacemap, ${backend}, ${senders} sender${senders > 1 ? "s" : ""}`, [
      ...["-i", SINK, "-G", MAC, "-p", "80", "-r", "0"],
      ...["--send-backend", backend, "-T", String(senders), TARGETS],
    ]);
  const programs = [
    ...["sendmmsg", "ring", "xdp"].map((backend) => own(backend, 1)),
    ...["ring", "xdp"].map((backend) => own(backend, 2)),
  ];
  if (await has(host, "zmap")) {
    programs.push({
      name: "zmap, 1 sender",
      command: [
        ...["zmap", "-i", SINK, "-G", MAC, "-p", "80", "-r", "0", "-T", "1"],
        ...["-q", "-b", "/dev/null", "-o", "/dev/null", TARGETS],
      ],
    });
  }
  if (await has(host, "masscan")) {
    programs.push({
      name: "masscan",
      command: [
        ...["masscan", "--adapter", SINK, "--adapter-ip", "192.0.0.1"],
        ...["--router-mac", MAC.replaceAll(":", "-"), "-p80"],
        ...["--rate", "10000000", "--exclude", "10.0.0.0/32", TARGETS],
      ],
    });
  }
  return programs;
}
