// deno-lint-ignore-file no-console
/**
 * How fast answers are captured, validated, deduplicated and written: valid answers come through a veth pair at a
 * rising rate until the first is lost. Receiver and writer share one processor; the other feeds them.
 */
import { openLibc } from "../../ffi/libc.ts";
import { allowedProcessors, pinThread } from "../../ffi/machine_limits.ts";
import { readTextFile } from "../../ffi/text_file.ts";
import { findByName, LinkReader } from "../../src/link/mod.ts";
import { requireProbeModule, responseColumns } from "../../src/probe/mod.ts";
import type { ReceiveOptions } from "../../src/receive/mod.ts";
import { Collector } from "../../src/scan/collector.ts";
import { openOutputs } from "../../src/scan/outputs.ts";
import { WorkerHandle } from "../../src/scan/worker_handle.ts";
import {
  Command,
  giveCommand,
  makeControl,
  makeCounters,
  makeRecordQueueMemory,
  RECEIVE,
  RECEIVE_SLOTS,
  RecordQueue,
} from "../../src/shm/mod.ts";
import { addressSet, RangeBuilder } from "../../src/targets/mod.ts";
import { inNamespaces } from "../../tests/e2e/namespace.ts";
import { sleep } from "../_lab.ts";
import type { FeedOptions } from "./_feeder.ts";
import {
  atLeast,
  atMost,
  type BenchOptions,
  type Figure,
  plain,
} from "./_report.ts";
import { LINK_HEADER, makeProbe, planOf, SOURCE } from "./_send_loop.ts";

const RECEIVER = "rx0";
const SETUP = `ip link add rx0 type veth peer name tx0
ip link set rx0 up arp off
ip link set tx0 up arp off
exec "$@"`;
const FIRST_PPS = 100_000;
const STEP_PPS = 50_000;
const STEP_SECONDS = 2;
/** A feeder that falls this short of what it is asked for can do no more. */
const FEEDER_SHARE = 0.9;
const CSV_PPS = 500_000;
const JSON_PPS = 200_000;
const MEMORY_ANSWERS = 2 ** 24;
const MEMORY_PPS = 400_000;
const MEMORY_MB = 250;
const BUFFER_BYTES = 24 << 20;
const QUEUE_WORD_BITS = 21;
const WRITE_PAUSE_MS = 5;
/** Argument of the process that measures. */
const CHILD = "--output=";

/** What came of one rate. */
interface Step {
  readonly fedPps: number;
  readonly lost: number;
}

/** What the child says. */
interface Outcome {
  readonly steps: readonly Step[];
  readonly peakMegabytes: number;
}

/** The highest rate of each output, and what many answers take. */
export async function run({ rounds }: BenchOptions): Promise<Figure[]> {
  if (allowedProcessors().length < 2) return [];
  const samples = { csv: [] as number[], json: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const output of ["csv", "json"] as const) {
      const { steps } = await inChild(output);
      const clean = steps.filter(({ lost }) => lost === 0);
      samples[output].push(Math.max(0, ...clean.map(({ fedPps }) => fedPps)));
    }
  }
  const memory = await inChild("memory");
  const unit = "answers/s without loss";
  return [
    atLeast("receive to CSV, one processor", samples.csv, {
      least: CSV_PPS,
      unit,
    }),
    atLeast("receive to JSON with all fields, one processor", samples.json, {
      least: JSON_PPS,
      unit,
    }),
    atMost("memory with 2^24 answers to CSV", [memory.peakMegabytes], {
      most: MEMORY_MB,
      unit: "MB",
    }),
    plain("of these answers lost", [memory.steps[0]!.lost], { unit: "" }),
  ];
}

async function inChild(output: string): Promise<Outcome> {
  const file = new URL(import.meta.url).pathname;
  const { code, stderr, stdout } = await inNamespaces(SETUP, [
    ...[Deno.execPath(), "run", "--v8-flags=--max-semi-space-size=4"],
    ...["--no-prompt", "--allow-all", file, `${CHILD}${output}`],
  ]);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Measures one output in this process, whose main thread writes. */
async function measure(output: string): Promise<Outcome> {
  const [own, other] = allowedProcessors();
  pinThread(own!);
  const directory = await Deno.makeTempDir();
  try {
    const format = output === "json" ? "json" : "csv";
    const receiver = await startReceiver(`${directory}/answers`, format, own!);
    const steps: Step[] = [];
    let first = 0;
    const feed = async (ratePps: number, count: number): Promise<Step> => {
      const step = await receiver.take({
        first,
        count,
        ratePps,
        processor: other!,
      });
      first += count;
      return step;
    };
    if (output === "memory") {
      steps.push(await feed(MEMORY_PPS, MEMORY_ANSWERS));
    } else {
      await feed(FIRST_PPS, FIRST_PPS * STEP_SECONDS);
      let ratePps = FIRST_PPS;
      let last: Step;
      do {
        ratePps += STEP_PPS;
        last = await feed(ratePps, ratePps * STEP_SECONDS);
        steps.push(last);
        // No faster, when the feeder has reached its own limit.
      } while (last.lost === 0 && last.fedPps > FEEDER_SHARE * ratePps);
    }
    await receiver.stop();
    const peakKb = /VmHWM:\s*(\d+)/.exec(readTextFile("/proc/self/status")!);
    return { steps, peakMegabytes: Number(peakKb![1]) * 1024 / 1e6 };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A receiver with its writer. */
interface Receiver {
  /** Feeds answers and takes them. */
  take(
    feed: Pick<FeedOptions, "first" | "count" | "ratePps" | "processor">,
  ): Promise<Step>;
  stop(): Promise<void>;
}

function indexOf(name: string): number {
  using reader = LinkReader.open();
  return findByName(reader.readLinks(), name)!.index;
}

async function startReceiver(
  path: string,
  format: "csv" | "json",
  processor: number,
): Promise<Receiver> {
  const targets = new RangeBuilder();
  targets.addRange(0x0b00_0000, 0x0bff_ffff);
  const plan = planOf(addressSet(targets), "80");
  const validationKey = crypto.getRandomValues(new Uint32Array(4));
  const control = makeControl();
  const counters = makeCounters(RECEIVE_SLOTS);
  const queue = makeRecordQueueMemory(QUEUE_WORD_BITS);
  const probe = makeProbe();
  const options: ReceiveOptions = {
    receiveBackend: "auto",
    processor,
    interfaceName: RECEIVER,
    interfaceIndex: indexOf(RECEIVER),
    sourceAddresses: [SOURCE],
    bufferBytes: BUFFER_BYTES,
    probeModule: probe.name,
    probeOptions: {
      linkHeader: LINK_HEADER,
      sourcePortFirst: 32768,
      sourcePortLast: 61000,
      maxProbes: 1,
      ttl: 255,
      args: "",
    },
    validationKey,
    targets: plan,
    filter: { isSuccessOnly: true, isUniqueOnly: true },
    dedup: { method: "full" },
    isPortChecked: true,
    measure: null,
    control,
    counters,
    queue,
  };
  const url = new URL("../../src/receive/worker.ts", import.meta.url);
  const worker = new WorkerHandle(url, "receiver");
  await worker.start(options);
  giveCommand(control, Command.run);
  const known = requireProbeModule(probe.name).create(options.probeOptions);
  const outputs = await openOutputs([{
    format,
    path,
    fields: format === "csv"
      ? ["saddr"]
      : responseColumns(known).map(({ name }) => name),
    filter: "",
    hasHeader: false,
    isSuccessOnly: true,
    isUniqueOnly: true,
    program: "",
  }], {
    probe: known,
    waiting: { signal: new AbortController().signal, onWait: () => {} },
  });
  const collector = new Collector({
    queue: new RecordQueue(queue),
    probe: known,
    outputs,
    maxRows: null,
  });
  const lost = (): number =>
    counters[RECEIVE.pcapDropped]! + counters[RECEIVE.lostHandOver]!;
  const write = async (): Promise<void> => {
    if (collector.collect() > 0) await collector.written();
    else await sleep(WRITE_PAUSE_MS);
  };
  return {
    async take(feed): Promise<Step> {
      const before = counters[RECEIVE.valid]! + lost();
      const lostBefore = lost();
      let fedPps = 0;
      const feeder = new Worker(new URL("./_feeder.ts", import.meta.url), {
        type: "module",
      });
      feeder.onmessage = ({ data }): void => void (fedPps = data);
      const options: FeedOptions = {
        ...feed,
        plan,
        validationKey,
        interfaceName: "tx0",
        interfaceIndex: openLibc().if_nametoindex(
          new TextEncoder().encode("tx0\0"),
        ),
      };
      feeder.postMessage(options);
      while (fedPps === 0) await write();
      feeder.terminate();
      const all = before + feed.count;
      let seen = 0;
      for (let quietMs = 0; quietMs < 500; quietMs += WRITE_PAUSE_MS) {
        const now = counters[RECEIVE.valid]! + lost();
        if (now >= all && collector.isIdle) break;
        if (now !== seen) quietMs = 0;
        seen = now;
        await write();
      }
      const missed = all - (counters[RECEIVE.valid]! + lost());
      return { fedPps, lost: lost() - lostBefore + missed };
    },
    async stop(): Promise<void> {
      giveCommand(control, Command.stop);
      await worker.done;
      while (!collector.isIdle) await write();
      for (const { file } of outputs) await file.close();
      worker.terminate();
    },
  };
}

if (import.meta.main) {
  console.log(JSON.stringify(await measure(Deno.args[0]!.split("=")[1]!)));
  // Terminated workers may still be on their way out.
  Deno.exit(0);
}
