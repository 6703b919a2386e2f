// deno-lint-ignore-file no-console
/**
 * Scans of 32,768 hosts, each killed up to three times at random moments and resumed: `acceptance_resume.ts [SCANS]
 * [SEED] [power]`, 100 and 1 unless given. With `power` they are not only killed: their disk loses all that was not
 * synced, which takes root and mkfs.ext4. Fails unless the rows of each are exactly the hosts that answer, and no more was
 * probed again than what was under way; where the network loses probes, unless what is missed is within the target.
 */
import { SeededRandom } from "../src/base/mod.ts";
import { readCheckpoint } from "../src/checkpoint/mod.ts";
import { kill, type Network, selfCommand } from "../src/demo/mod.ts";
import { countPositions } from "../src/loss/mod.ts";
import { FragileDisk } from "./_fragile_disk.ts";
import { machineText, openLab, sleep } from "./_lab.ts";

const SCANS = 100;
const SEED = 1;
const TARGETS = "198.18.0.0/17";
const HOSTS = 32_768;
const MOST_KILLS = 3;
/** What is accepted where the network loses probes. */
const LOSS_TARGET_PERCENT = 0.1;
/** Longest life of a scan that is killed: as long as one without kills takes. */
const LIFE_MS = 5000;
/** More was lost than the target allows, as far as is known. */
const LOSSY_CODE = 4;
/** What a scan may take that does not end. */
const PATIENCE_MS = 120_000;

/** One kind of scan. */
interface Kind {
  readonly name: string;
  readonly args: readonly string[];
  /** Targets of a host, and probes of a target. */
  readonly ports: number;
  readonly probes: number;
  /** Share of the hosts that may be missed, as probes are lost and sent again: then their number has no bound here. */
  readonly missedShare?: number;
  readonly routerPps?: number;
}

const PING = ["-M", "icmp_echoscan", "-f", "saddr,repeat"];
const UNSAMPLED = ["--loss-sample", "0"];
const KINDS: readonly Kind[] = [
  {
    name: "ping",
    args: [...PING, ...UNSAMPLED, "-r", "8000"],
    ports: 1,
    probes: 1,
  },
  {
    name: "3 TCP ports",
    args: [
      ...["-p", "81,82,83", "-f", "saddr,sport,repeat"],
      ...[...UNSAMPLED, "-r", "25000"],
    ],
    ports: 3,
    probes: 1,
  },
  {
    name: "2 probes, 2 senders, JSON",
    args: [
      ...[...PING, ...UNSAMPLED, "-r", "16000"],
      ...["-P", "2", "-T", "2", "-O", "json"],
    ],
    ports: 1,
    probes: 2,
  },
  {
    name: "rate auto behind a limit",
    args: [...PING, "-r", "auto", "--loss-target", String(LOSS_TARGET_PERCENT)],
    ports: 1,
    probes: 1,
    missedShare: LOSS_TARGET_PERCENT / 100,
    routerPps: 10_000,
  },
];

const scans = Number(Deno.args[0] ?? SCANS);
const random = new SeededRandom(BigInt(Deno.args[1] ?? SEED));
await using network = await openLab();
await using disk = Deno.args[2] === "power"
  ? await FragileDisk.create(network.scanner)
  : null;
console.log(`${machineText()}; ${HOSTS} hosts\n`);
let failures = 0;
for (let index = 0; index < scans; index++) {
  const kind = KINDS[index % KINDS.length]!;
  const found = await runKilled(network, kind);
  if (found.problem !== "") failures++;
  console.log(
    `${index + 1} ${kind.name}: ${found.text}${
      found.problem === "" ? "" : `; WRONG: ${found.problem}`
    }`,
  );
}
if (failures > 0) throw new Error(`${failures} of ${scans} scans are wrong`);

/** A number from 0 up to 1. */
function chance(): number {
  return random.nextWord() / 2 ** 32;
}

/** Runs a scan of this kind, kills it now and then, and judges what it has left. */
async function runKilled(
  network: Network,
  { args, missedShare = 0, ports, probes, routerPps = 0 }: Kind,
): Promise<{ readonly text: string; readonly problem: string }> {
  const directory = await Deno.makeTempDir({
    prefix: "pacemap-resume-",
    ...(disk === null ? {} : { dir: disk.path }),
  });
  const output = `${directory}/found`;
  const checkpoint = `${output}.pacemap`;
  await network.limitRouter(routerPps);
  await network.countProbes();
  const planned = HOSTS * ports * probes;
  let underWay = 0;
  const first = [
    ...["-c", "1", "-b", "/dev/null", "--checkpoint-interval", "0.5"],
    ...["-o", output, ...args, TARGETS],
  ];
  let words = first;
  try {
    const kills = 1 + Math.floor(chance() * MOST_KILLS);
    const lives: number[] = [];
    for (let life = 0; life < kills; life++) {
      const lifeMs = Math.floor(chance() * LIFE_MS);
      const code = await run(network, words, { checkpoint, lifeMs });
      if (code !== null) break;
      lives.push(lifeMs);
      const settled = await settledOf(checkpoint, planned);
      const { probes } = await network.probeCount();
      underWay += Math.max(0, probes - (settled ?? 0));
      words = settled === null ? first : ["resume", checkpoint];
    }
    const isOver = await Deno.stat(checkpoint).then(
      async () => (await readCheckpoint(checkpoint)).state.phase === "done",
      () => true,
    );
    const code = isOver
      ? 0
      : await run(network, words, { checkpoint, lifeMs: null });
    const rows = judgeRows(await Deno.readTextFile(output), {
      least: HOSTS * ports * (1 - missedShare),
      most: HOSTS * ports,
    });
    const sent = (await network.probeCount()).probes;
    const most = planned + underWay;
    // Where the network loses probes, what was lost may stay unknown: then the code says so.
    const isUnknown = missedShare > 0 && code === LOSSY_CODE;
    const problem = code !== 0 && !isUnknown
      ? `exit code ${code}`
      : rows !== ""
      ? rows
      : missedShare === 0 && (sent < planned || sent > most)
      ? `${sent} probes, not ${planned} to ${most}`
      : "";
    const text = `killed after ${lives.join(", ") || "none of its"} ms; ${
      sent - planned
    } probes more than planned${isUnknown ? `; exit code ${code}` : ""}`;
    return { text, problem };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Probes that need not be sent again; null: the power failed before there was a checkpoint, and anything was sent. */
async function settledOf(
  checkpoint: string,
  planned: number,
): Promise<number | null> {
  try {
    const { state } = await readCheckpoint(checkpoint);
    return planned - countPositions(state.work.planned.flat());
  } catch (error) {
    const { probes } = await network.probeCount();
    if (disk === null || probes > 0) throw error;
    return null;
  }
}

/** Runs the program to its end, or kills it so long after its first checkpoint: then the code is null. */
async function run(
  network: Network,
  words: readonly string[],
  { checkpoint, lifeMs }: {
    readonly checkpoint: string;
    readonly lifeMs: number | null;
  },
): Promise<number | null> {
  const { args, program } = selfCommand();
  const scan = network.scanner.spawn(program, [...args, ...words], {
    stdout: "null",
    stderr: "null",
  });
  let hasEnded = false;
  const status = scan.status.then((status) => {
    hasEnded = true;
    return status;
  });
  const isThere = (): Promise<boolean> =>
    Deno.stat(checkpoint).then(({ size }) => size > 0, () => false);
  while (!hasEnded && !await isThere()) await sleep(20);
  await Promise.race([sleep(lifeMs ?? PATIENCE_MS), status]);
  const isKilled = !hasEnded && lifeMs !== null;
  if (isKilled) disk?.cut();
  kill(scan, "SIGKILL");
  const { code } = await status;
  if (isKilled) await disk?.restore();
  return isKilled ? null : code;
}

/** What is wrong with the rows, or an empty text. */
function judgeRows(
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): string {
  if (!text.endsWith("\n")) return "the last row is torn";
  const found = new Set<string>();
  const isJson = text.startsWith("{");
  for (const row of text.trimEnd().split("\n").slice(isJson ? 0 : 1)) {
    const values = isJson ? Object.values(JSON.parse(row)) : row.split(",");
    const isRepeat = values.pop();
    const target = values.join(" ");
    if (!/^198\.18\.\d{1,3}\.\d{1,3}( 8[123])?$/.test(target)) {
      return `row "${row}"`;
    }
    if (String(isRepeat) === "1" || isRepeat === true) continue;
    if (found.has(target)) return `${target} twice`;
    found.add(target);
  }
  return found.size >= least && found.size <= most
    ? ""
    : `${found.size} of ${most} targets`;
}
