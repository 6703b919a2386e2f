// deno-lint-ignore-file no-console
/**
 * What each send back end brings to an interface that drops every frame behind its driver (ifb): real packets by
 * the send loop, against constant packets, which are made once; both in turn in one process.
 */
import { MonotonicClock } from "../../ffi/clock.ts";
import { openLibc } from "../../ffi/libc.ts";
import { openSink, type SendBackend } from "../../src/backend/mod.ts";
import { addressSet, RangeBuilder } from "../../src/targets/mod.ts";
import { inNamespaces } from "../../tests/e2e/namespace.ts";
import { atLeast, type BenchOptions, type Figure, plain } from "./_report.ts";
import { makeLoop, makeProbe, planOf, sendConstant } from "./_send_loop.ts";

const INTERFACE = "sink0";
const SETUP = `ip link add ${INTERFACE} numtxqueues 4 numrxqueues 4 type ifb
ip link set ${INTERFACE} up
exec "$@"`;
const PACKETS = 500_000;
const BATCH = 64;
const LEAST_SHARE = 0.9;
/** Argument of the process that measures one back end. */
const CHILD = "--back-end=";

/** Packets per second of each round. */
interface Rounds {
  readonly real: number[];
  readonly constant: number[];
}

/** Both rates of each back end, and their ratio. */
export async function run({ rounds }: BenchOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const backend of ["sendmmsg", "ring", "xdp"]) {
    const file = new URL(import.meta.url).pathname;
    const permissions = ["--no-prompt", "--allow-ffi", "--allow-read"];
    const { code, stderr, stdout } = await inNamespaces(SETUP, [
      ...[Deno.execPath(), "run", ...permissions, file],
      ...[`${CHILD}${backend}`, `--rounds=${2 * rounds + 1}`],
    ]);
    if (code !== 0) throw new Error(stderr);
    const { constant, real }: Rounds = JSON.parse(stdout);
    const shares = real.map((rate, i) => rate / constant[i]!);
    const what = `${backend} to a sink, one sender`;
    figures.push(plain(what, real, { unit: "packets/s" }));
    figures.push(
      backend === "sendmmsg"
        ? plain(`${what}, of constant packets`, shares, { digits: 3, unit: "" })
        : atLeast(`${what}, of constant packets`, shares, {
          least: LEAST_SHARE,
          digits: 3,
          unit: "",
        }),
    );
  }
  return figures;
}

/** Runs in a process of its own: its sinks are then the only ones that the loop knows. */
function measure(backend: SendBackend, rounds: number): Rounds {
  const clock = new MonotonicClock();
  const probe = makeProbe();
  const name = new TextEncoder().encode(`${INTERFACE}\0`);
  const open = (deviceQueue: number): ReturnType<typeof openSink> =>
    openSink({
      backend,
      layer: "ethernet",
      interfaceName: INTERFACE,
      interfaceIndex: openLibc().if_nametoindex(name),
      deviceQueue,
      batch: BATCH,
      maxFrameBytes: probe.maxFrameBytes,
    });
  // Both stay open: one is never in the way of the other's queue, and no memory changes hands.
  const { batch, sink } = open(0);
  const floor = open(1).sink;
  const targets = new RangeBuilder();
  targets.addRange(0x0b00_0000, 0x0bff_ffff);
  const loop = makeLoop(sink, batch, {
    plan: planOf(addressSet(targets), "80"),
    probe,
  });
  for (let slot = 0; slot < floor.capacity; slot++) {
    probe.prepare(floor.view, floor.frameAt(slot));
  }
  const rateOf = (send: () => number): number => {
    const startNs = clock.nowNs();
    const sent = send();
    return sent / (clock.nowNs() - startNs) * 1e9;
  };
  const constant = (): number =>
    sendConstant(floor, batch, probe.maxFrameBytes, PACKETS);
  const result: Rounds = { real: [], constant: [] };
  rateOf(() => loop.send(PACKETS));
  rateOf(constant);
  for (let round = 0; round < rounds; round++) {
    result.real.push(rateOf(() => loop.send(PACKETS)));
    result.constant.push(rateOf(constant));
  }
  return result;
}

if (import.meta.main) {
  const [backend, rounds] = Deno.args.map((one) => one.split("=")[1]!);
  console.log(
    JSON.stringify(measure(backend as SendBackend, Number(rounds))),
  );
}
