// deno-lint-ignore-file no-console
/**
 * The table of what pacemap must show in the lab, three times each, required next to seen: `lab_table.ts
 * [--6] [TIMES [CASE]...]`, cases counted from 1, over IPv6 with `--6`. 131,072 hosts behind a router that drops,
 * silently, what exceeds its limit.
 */
import { type Network, TARGET_COUNT, TARGET_RANGE } from "../src/demo/mod.ts";
import { burstOf } from "../src/pace/mod.ts";
import {
  type LabScan,
  machineText,
  markdownTable,
  openLab,
  packetsAtRouter,
  scan,
  sleep,
} from "./_lab.ts";
import { captureWire } from "./_wire_capture.ts";

const TIMES = 3;
const PING = ["-M", "icmp_echoscan", TARGET_RANGE];
/** As many hosts. */
const PING6 = ["-6", "-M", "icmp6_echoscan", "2001:db8:8000::/111"];
const LIMIT_PPS = 30_000;
/** Of the sparse network: 1,024 hosts, 0.8% of all. */
const ONE_ALIVE_IN = 128;

/** What one run of a case has shown. */
interface Seen {
  readonly text: string;
  readonly isMet: boolean;
}

interface Case {
  readonly name: string;
  readonly required: string;
  run(network: Network): Promise<Seen>;
}

const CASES: readonly Case[] = [
  {
    name: "`-r 28000`",
    required: "100.00% found",
    async run(network): Promise<Seen> {
      await network.limitRouter(LIMIT_PPS);
      const { metadata } = await ping(network, ["-r", "28000"]);
      const dropped = await network.routerDropped();
      const found = metadata.success_unique;
      return {
        text: `${percent(found / TARGET_COUNT)}; router dropped ${dropped}`,
        isMet: found === TARGET_COUNT,
      };
    },
  },
  {
    name: "`-r 60000 --on-loss warn`",
    required: "estimate within ±3 points of the router's count, within 3 s",
    async run(network): Promise<Seen> {
      await network.limitRouter(LIMIT_PPS);
      const before = await packetsAtRouter(network);
      const result = await ping(network, ["-r", "60000"]);
      const passed = await packetsAtRouter(network) - before;
      const truth = await network.routerDropped() / passed;
      return judgeEstimate(result, truth);
    },
  },
  {
    name: "`--rate auto`",
    required: "≥ 99.9% found, mean ≥ 80% of the limit",
    async run(network): Promise<Seen> {
      await network.limitRouter(LIMIT_PPS);
      const { metadata } = await ping(network, ["--rate", "auto"]);
      const mean = metadata.rate_control.mean / LIMIT_PPS;
      const found = metadata.success_unique / TARGET_COUNT;
      return {
        text: `${percent(found)}, mean ${percent(mean)}, ${passes(metadata)}`,
        isMet: found >= 0.999 && mean >= 0.8,
      };
    },
  },
  {
    name: "`--rate auto`, limit 30,000 → 8,000 → 60,000",
    required: "≥ 99.9% found",
    async run(network): Promise<Seen> {
      await network.limitRouter(LIMIT_PPS);
      const change = async (): Promise<void> => {
        await sleep(2500);
        await network.limitRouter(8000);
        await sleep(5000);
        await network.limitRouter(60_000);
      };
      const { metadata } = await ping(network, ["--rate", "auto"], change);
      const found = metadata.success_unique / TARGET_COUNT;
      return {
        text: `${percent(found)}, mean ${
          Math.round(metadata.rate_control.mean)
        } p/s, ${passes(metadata)}`,
        isMet: found >= 0.999,
      };
    },
  },
  {
    name: "`--rate auto`, 1% of the targets alive",
    required: "≥ 99.5% of them found, mean ≥ 60% of the limit",
    async run(network): Promise<Seen> {
      const alive = await network.sparsify(ONE_ALIVE_IN);
      await network.limitRouter(LIMIT_PPS);
      const { metadata } = await ping(network, ["--rate", "auto"]);
      await network.sparsify(1);
      const mean = metadata.rate_control.mean / LIMIT_PPS;
      const found = metadata.success_unique / alive;
      return {
        text: `${percent(found)} of ${alive}, mean ${percent(mean)}, ${
          passes(metadata)
        }`,
        isMet: found >= 0.995 && mean >= 0.6,
      };
    },
  },
  {
    name: "`-r 20000`, stopped for 5 s, then continued",
    required: "no window above rate × 0.1 s + burst",
    async run(network): Promise<Seen> {
      await network.limitRouter(LIMIT_PPS);
      const allowed = 2000 + burstOf(20_000);
      let found = 0;
      let own = 0;
      const count = await captureWire(network, async () => {
        const { metadata } = await ping(network, ["-r", "20000"], stall);
        found = metadata.success_unique;
        own = metadata.rate_control.max_window_excess;
      });
      const lost = count.lost > 0 ? `, the capture lost ${count.lost}` : "";
      return {
        text:
          `busiest 100 ms ${count.busiestWindow} of ${allowed} allowed, max_window_excess ${own}, ${
            percent(found / TARGET_COUNT)
          } found${lost}`,
        isMet: count.lost === 0 && count.busiestWindow <= allowed,
      };
    },
  },
  {
    name: "no limit, `-r 0 --on-loss slow`",
    required: "131,072 of 131,072",
    async run(network): Promise<Seen> {
      await network.limitRouter(0);
      const args = ["-r", "0", "--on-loss", "slow"];
      const { metadata } = await ping(network, args);
      const found = metadata.success_unique;
      return {
        text: `${found}, mean ${Math.round(metadata.rate_control.mean)} p/s, ${
          passes(metadata)
        }`,
        isMet: found === TARGET_COUNT,
      };
    },
  },
];

const isIpv6 = Deno.args.includes("--6");
const [times = TIMES, ...chosen] = Deno.args
  .filter((arg) => arg !== "--6").map(Number);
const cases = chosen.length > 0 ? chosen.map((i) => CASES[i - 1]!) : CASES;
console.log(`${machineText()}\n`);
const rows: string[][] = [];
for (const one of cases) {
  for (let run = 1; run <= times; run++) {
    // Each run has a network of its own, so that none begins with what another has left.
    await using network = await openLab();
    const { isMet, text } = await one.run(network);
    const verdict = isMet ? "met" : "**missed**";
    rows.push([one.name, one.required, String(run), text, verdict]);
    console.error(rows.at(-1)!.join(" | "));
  }
}
console.log(
  markdownTable(["case", "required", "run", "seen", "verdict"], rows),
);

function ping(
  network: Network,
  args: readonly string[],
  during?: (child: Deno.ChildProcess) => Promise<void>,
): Promise<LabScan> {
  const common = isIpv6 ? PING6 : PING;
  return scan(network, [...args, "-c", "3", ...common], during);
}

async function stall(child: Deno.ChildProcess): Promise<void> {
  await sleep(2000);
  child.kill("SIGSTOP");
  await sleep(5000);
  child.kill("SIGCONT");
}

/** Judges the estimate of the whole scan, and when the first one was said that was as near as that. */
function judgeEstimate({ metadata, status }: LabScan, truth: number): Seen {
  const { path } = metadata.loss;
  const isNear = (rate: number): boolean => Math.abs(rate - truth) <= 0.03;
  const first = status.find((row) => typeof row["path-loss"] === "number");
  const near = status.find((row) =>
    typeof row["path-loss"] === "number" && isNear(row["path-loss"]! / 100)
  );
  const said = first === undefined
    ? "never said"
    : `first said ${first["path-loss"]!.toFixed(1)}% after ${
      first["time-elapsed"]
    } s`;
  const within = near === undefined
    ? "never within 3 points while sending"
    : `within 3 points after ${near["time-elapsed"]} s`;
  const estimate = path === null
    ? "none"
    : `${percent(path.rate)} (${percent(path.low)} to ${
      percent(path.high)
    }, ${path.samples} samples)`;
  return {
    text: `router ${percent(truth)}, estimate ${estimate}; ${said}, ${within}`,
    isMet: path !== null && isNear(path.rate) && near !== undefined &&
      near["time-elapsed"]! <= 3,
  };
}

function passes({ passes, loss }: LabScan["metadata"]): string {
  const residual = loss.path === null
    ? ""
    : `, path ${percent(loss.path.rate)}`;
  return `${passes} passes${residual}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
