/** What a slow scan costs, in processor time of the whole program. */
import { Host, Network, TARGET_RANGE } from "../../src/demo/mod.ts";
import { sleep } from "../_lab.ts";
import { pacemap, type Program, whileSending } from "./_programs.ts";
import { atMost, type BenchOptions, type Figure, plain } from "./_report.ts";

const RATE = "1000";
const MOST_PERCENT = 3;
/** Time for the code to be compiled, and time that is measured. */
const WARM_UP_MS = 10_000;
const MEASURE_MS = 15_000;
/** Ticks of `/proc/PID/stat`: sysconf(_SC_CLK_TCK) on Linux. */
const TICKS_PER_SECOND = 100;
const SINK_SETUP = `link add sink0 type ifb
address add 192.0.0.1/24 dev sink0
link set sink0 up\n`;

/** Percent of one processor at 1,000 packets/s, alone and with all that the test network does. */
export async function run({ rounds }: BenchOptions): Promise<Figure[]> {
  const alone: number[] = [];
  const answered: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await using host = await Host.create();
    await host.run("ip", ["-batch", "-"], SINK_SETUP);
    const sink = ["-i", "sink0", "-G", "02:00:00:00:00:02"];
    alone.push(await percentOf(program(sink), [host, host, "sink0"]));
    await using network = await Network.create();
    const { router, scanner } = network;
    answered.push(await percentOf(program([]), [scanner, router, "down0"]));
  }
  return [
    atMost(`-r ${RATE} into a sink`, alone, {
      most: MOST_PERCENT,
      digits: 1,
      unit: "% of a processor",
    }),
    plain(
      `-r ${RATE} with answers, the work of the test network's kernel included`,
      answered,
      { digits: 1, unit: "% of a processor" },
    ),
  ];
}

function program(way: readonly string[]): Program {
  return pacemap("pacemap", ["-p", "81", "-r", RATE, ...way, TARGET_RANGE]);
}

function percentOf(
  scan: Program,
  [from, to, at]: readonly [Host, Host, string],
): Promise<number> {
  return whileSending(scan, { from, to, at }, async ({ pid }) => {
    await sleep(WARM_UP_MS);
    const before = await ticksOf(from, pid);
    const startMs = performance.now();
    await sleep(MEASURE_MS);
    const ticks = await ticksOf(from, pid) - before;
    const seconds = (performance.now() - startMs) / 1000;
    return 100 * ticks / TICKS_PER_SECOND / seconds;
  });
}

/** Processor time of a process, `proc_pid_stat(5)`: user and system. */
async function ticksOf(host: Host, pid: number): Promise<number> {
  const stat = await host.run("cat", [`/proc/${pid}/stat`]);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
