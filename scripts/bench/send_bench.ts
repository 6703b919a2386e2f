// deno-lint-ignore-file no-console
/**
 * What each back end sends to an interface that drops every frame behind its driver (ifb), in a network
 * namespace of its own: real packets, made by the send loop with permutation, validation, counters and pacing,
 * against constant packets, which are made once; both in turn in one process. Prints medians and ratios.
 *
 *     deno run --no-prompt --allow-ffi --allow-read --allow-run=/usr/bin/unshare,/usr/bin/nsenter \
 *       scripts/bench/send_bench.ts
 *
 * Options: `--rounds=9 --packets=500000 --batch=64 --backends=generate,sendmmsg,ring,xdp --args=windows --json`
 *
 * @module
 */
import { MonotonicClock } from "../../ffi/clock.ts";
import { openLibc } from "../../ffi/libc.ts";
import { requireProbeModule } from "../../src/probe/mod.ts";
import {
  openSink,
  type PacketSink,
  type SendBackend,
} from "../../src/backend/mod.ts";
import {
  makeSharedBucketMemory,
  SendLoop,
  SharedBucket,
} from "../../src/send/mod.ts";
import {
  Command,
  giveCommand,
  makeControl,
  makeCounters,
  makeWorkQueueMemory,
  SEND,
  SEND_SLOTS,
  WorkQueue,
} from "../../src/shared/mod.ts";
import {
  addressSet,
  makeTargetPlan,
  RangeBuilder,
  TargetSpace,
} from "../../src/targets/mod.ts";
import { inNamespaces } from "../../tests/e2e/namespace.ts";

const INTERFACE = "sink0";
const SETUP = `ip link add ${INTERFACE} numtxqueues 4 numrxqueues 4 type ifb
ip link set ${INTERFACE} up
exec "$@"`;
const LINK_HEADER = Uint8Array.of(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0);
const FIRST_TARGET = 0x0b00_0000;
const TARGETS = 2 ** 24;
/** Shares of a round that are run before it is measured. */
const WARM_UP = 0.5;
/** Makes packets and sends them nowhere: what the program itself costs. */
const GENERATE = "generate";

interface Settings {
  readonly rounds: number;
  readonly packets: number;
  readonly batch: number;
  readonly backends: readonly string[];
  readonly args: string;
}

/** Nanoseconds per packet of each round, by the clock and of the processor. */
interface Times {
  readonly wall: number[];
  readonly processor: number[];
}

/** What a back end did. */
interface Result {
  readonly backend: string;
  readonly name: string;
  readonly real: Times;
  readonly constant: Times;
  readonly refused: number;
}

/** Takes all frames and does nothing with them. */
class NoSink implements PacketSink {
  readonly capacity: number;
  readonly view: DataView;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.view = new DataView(new ArrayBuffer(capacity * 128));
  }
  begin(most: number): number {
    return Math.min(most, this.capacity);
  }
  frameAt(slot: number): number {
    return slot * 128;
  }
  setFrame(): void {}
  send(_first: number, count: number): number {
    return count;
  }
  waitWritable(): boolean {
    return true;
  }
  drain(): number {
    return 0;
  }
  close(): void {}
  [Symbol.dispose](): void {}
}

const clock = new MonotonicClock();

/** Runs `send`, which returns how many packets it sent, and notes what each has cost. */
function measure(times: Times, send: () => number): void {
  const startNs = clock.nowNs();
  const startCpuNs = clock.threadCpuNs();
  const count = send();
  times.wall.push((clock.nowNs() - startNs) / count);
  times.processor.push((clock.threadCpuNs() - startCpuNs) / count);
}

/** Measures one back end, in a process of its own: its sink is then the only one that the loop knows. */
function runBackend(backend: string, settings: Settings): Result {
  const probe = requireProbeModule("tcp_synscan").create({
    linkHeader: LINK_HEADER,
    sourcePortFirst: 32768,
    sourcePortLast: 61000,
    maxProbes: 1,
    ttl: 255,
    args: settings.args,
  });
  const open = (
    deviceQueue: number,
  ): Pick<ReturnType<typeof openSink>, "sink" | "name" | "batch"> =>
    backend === GENERATE
      ? {
        sink: new NoSink(1024),
        name: GENERATE,
        batch: settings.batch,
      }
      : openSink({
        backend: backend as SendBackend,
        layer: "ethernet",
        interfaceName: INTERFACE,
        interfaceIndex: openLibc().if_nametoindex(
          new TextEncoder().encode(`${INTERFACE}\0`),
        ),
        deviceQueue,
        batch: settings.batch,
        maxFrameBytes: probe.maxFrameBytes,
      });
  // Both stay open: one is never in the way of the other's queue, and no memory changes hands.
  const { batch, name, sink } = open(0);
  const floor = open(1).sink;
  const loop = makeLoop(sink, batch, probe);
  for (let slot = 0; slot < floor.capacity; slot++) {
    const at = floor.frameAt(slot);
    probe.prepare(floor.view, at);
  }
  const result: Result = {
    backend,
    name,
    real: { wall: [], processor: [] },
    constant: { wall: [], processor: [] },
    refused: 0,
  };
  const warmUp = { wall: [], processor: [] };
  const count = Math.ceil(settings.packets * WARM_UP);
  measure(warmUp, () => loop.send(count));
  measure(warmUp, () => sendConstant(floor, batch, probe.maxFrameBytes, count));
  for (let round = 0; round < settings.rounds; round++) {
    measure(result.real, () => loop.send(settings.packets));
    measure(
      result.constant,
      () => sendConstant(floor, batch, probe.maxFrameBytes, settings.packets),
    );
  }
  return { ...result, refused: loop.refused() };
}

/** A send loop that stops after so many packets, and goes on when asked again. */
function makeLoop(
  sink: PacketSink,
  batch: number,
  probe: ReturnType<ReturnType<typeof requireProbeModule>["create"]>,
): { send(count: number): number; refused(): number } {
  const builder = new RangeBuilder();
  builder.addRange(FIRST_TARGET, FIRST_TARGET + TARGETS - 1);
  const plan = makeTargetPlan({
    addresses: addressSet(builder),
    ports: Uint16Array.of(80),
    seed: 7n,
    shards: 1,
    shard: 0,
    maxTargets: null,
  });
  const control = makeControl();
  const counters = makeCounters(SEND_SLOTS);
  const queue = new WorkQueue(makeWorkQueueMemory());
  for (let pass = 0; pass < 64; pass++) {
    queue.push({ first: 0, end: TARGETS, probeNumber: 0 }, control);
  }
  let goal = 0;
  const loop = new SendLoop({
    sink,
    batch,
    space: new TargetSpace(plan),
    probe,
    bucket: new SharedBucket(makeSharedBucketMemory(0)),
    // The loop reads the clock once or twice a batch.
    clock: {
      nowNs(): number {
        if (counters[SEND.accepted]! >= goal) {
          giveCommand(control, Command.stop);
        }
        return clock.nowNs();
      },
      wallClock: (out) => clock.wallClock(out),
      sleepUntil: (deadlineNs) => clock.sleepUntil(deadlineNs),
    },
    control,
    counters,
    queue,
    followUps: new WorkQueue(makeWorkQueueMemory()),
    sourceAddresses: Uint32Array.of(0xc000_0201),
    validationKey: crypto.getRandomValues(new Uint32Array(4)),
    retries: 2,
  });
  return {
    send(count): number {
      const before = counters[SEND.accepted]!;
      goal = before + count;
      giveCommand(control, Command.run);
      loop.run();
      return counters[SEND.accepted]! - before;
    },
    refused: () => counters[SEND.refused]!,
  };
}

/** Sends what is in the slots, again and again. */
function sendConstant(
  sink: PacketSink,
  batch: number,
  lengthBytes: number,
  count: number,
): number {
  let sent = 0;
  while (sent < count) {
    const free = sink.begin(batch);
    if (free === 0) sink.waitWritable(1);
    for (let slot = 0; slot < free; slot++) {
      sink.setFrame(slot, lengthBytes, FIRST_TARGET);
    }
    for (let first = 0; first < free;) {
      const taken = sink.send(first, free - first);
      if (taken > 0) first += taken;
      else sink.waitWritable(1);
    }
    sent += free;
  }
  return sent;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

function ratio(result: Result, of: keyof Times): number {
  return median(
    result.real[of].map((real, i) => result.constant[of][i]! / real),
  );
}

function print(result: Result): void {
  const real = median(result.real.wall);
  const constant = median(result.constant.wall);
  const columns = [
    result.name.padEnd(20),
    (1e6 / real).toFixed(0).padStart(10),
    real.toFixed(0).padStart(8),
  ];
  if (result.backend !== GENERATE) {
    columns.push(
      constant.toFixed(0).padStart(10),
      ratio(result, "wall").toFixed(3).padStart(8),
      ratio(result, "processor").toFixed(3).padStart(11),
      String(result.refused).padStart(9),
    );
  }
  console.log(columns.join(" "));
}

function parseSettings(options: ReadonlyMap<string, string>): Settings {
  const number = (name: string, fallback: number): number =>
    Number(options.get(name) ?? fallback);
  return {
    rounds: number("rounds", 9),
    packets: number("packets", 500_000),
    batch: number("batch", 64),
    backends: (options.get("backends") ?? "generate,sendmmsg,ring,xdp")
      .split(","),
    args: options.get("args") ?? "",
  };
}

async function main(): Promise<void> {
  const options = new Map(
    Deno.args.map((one): [string, string] => {
      const [name, ...value] = one.replace(/^--/, "").split("=");
      return [name!, value.join("=")];
    }),
  );
  const settings = parseSettings(options);
  const child = options.get("child");
  if (child !== undefined) {
    return console.log(JSON.stringify(runBackend(child, settings)));
  }
  const head =
    "back end              packets/ms       ns   constant    ratio  cpu ratio   refused";
  if (!options.has("json")) console.log(head);
  const results: Result[] = [];
  for (const backend of settings.backends) {
    const file = new URL(import.meta.url).pathname;
    const run = ["run", "--no-prompt", "--allow-ffi", "--allow-read", file];
    const args = [Deno.execPath(), ...run, ...Deno.args, `--child=${backend}`];
    const output = await inNamespaces(SETUP, args);
    if (output.code !== 0) throw new Error(output.stderr);
    const result: Result = JSON.parse(output.stdout);
    results.push(result);
    if (!options.has("json")) print(result);
  }
  if (options.has("json")) console.log(JSON.stringify({ settings, results }));
}

if (import.meta.main) await main();
