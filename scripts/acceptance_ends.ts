// deno-lint-ignore-file no-console
/**
 * Whether every scan ends as it should: `acceptance_ends.ts [COUNT]`, so many scans with each number of senders and
 * each back end, ended by themselves or by a signal at a random moment, on a machine that is busy besides. Counts exit
 * codes that are wrong, crashes, files that are not whole, and whatever a scan leaves behind. Takes an hour
 * with 300 of each, and exits with 1 when anything was wrong.
 */
import {
  GATEWAY_ADDRESS,
  type Host,
  kill,
  type Network,
  SCANNER_ADDRESS,
  SCANNER_INTERFACE,
} from "../src/demo/mod.ts";
import {
  type End,
  END_SIGNALS,
  faultOf,
  runToEnd,
} from "../tests/e2e/remains.ts";
import { machineText, markdownTable, openLab } from "./_lab.ts";

const COUNT = 300;
const SENDERS = [1, 2, 4] as const;
const SEND_BACKENDS = ["sendmmsg", "ring", "xdp"] as const;
const RECEIVE_BACKENDS = ["pcap", "packet"] as const;
/** Signals come up to so long after the start: past the end of most scans. */
const LAST_MS = 1200;
/** Of four scans one ends by itself. */
const ENDS = [null, ...END_SIGNALS] as const;
const SCAN = [
  ...["-M", "icmp_echoscan", "-b", "/dev/null", "-r", "5000", "-c", "0"],
  "198.18.0.0/22",
];
/** Faults of a case that are shown whole. */
const SHOWN_FAULTS = 3;

/** How the scans of a case are run. */
interface Case {
  readonly senders: number;
  readonly backend: string;
}

/** What came of the scans of a case. */
interface Seen {
  /** How many ended by themselves, by a signal, and by a signal before there was a program. */
  readonly ended: readonly [number, number, number];
  readonly faults: readonly string[];
}

const count = readCount();
console.log(`${machineText()}\n`);
await using network = await openLab();
await widen(network);
const busy = network.router.spawn("sh", ["-c", "while :; do :; done"]);
const rows: string[][] = [];
let faults = 0;
try {
  for (const backend of SEND_BACKENDS) {
    for (const senders of SENDERS) {
      const seen = await runCase(network.scanner, { backend, senders });
      faults += seen.faults.length;
      rows.push([
        ...[backend, String(senders), String(count)],
        ...seen.ended.map(String),
        String(seen.faults.length),
      ]);
      console.error(rows.at(-1)!.join(" | "));
      for (const fault of seen.faults.slice(0, SHOWN_FAULTS)) {
        console.error(`  ${fault}`);
      }
    }
  }
} finally {
  kill(busy, "SIGKILL");
  await busy.status;
}
console.log(markdownTable([
  ...["back end", "senders", "scans", "by themselves", "by a signal"],
  ...["before the program", "wrong"],
], rows));
if (faults > 0) Deno.exitCode = 1;

function readCount(): number {
  const [text, ...rest] = Deno.args;
  const number = text === undefined ? COUNT : Number(text);
  if (Number.isInteger(number) && number > 0 && rest.length === 0) {
    return number;
  }
  throw new Error(
    `Cannot run "${Deno.args.join(" ")}": expected how many scans of each kind`,
  );
}

async function runCase(
  host: Host,
  { backend, senders }: Case,
): Promise<Seen> {
  const ended: [number, number, number] = [0, 0, 0];
  const faults: string[] = [];
  for (let number = 0; number < count; number++) {
    const directory = await Deno.makeTempDir({ prefix: "pacemap-ends-" });
    try {
      const signal = ENDS[number % ENDS.length]!;
      const afterMs = Math.random() * LAST_MS;
      const end: End | null = signal === null ? null : { signal, afterMs };
      const receive = RECEIVE_BACKENDS[
        Math.floor(number / ENDS.length) % RECEIVE_BACKENDS.length
      ]!;
      const path = `${directory}/scan`;
      const remains = await runToEnd(host, [
        ...["-T", String(senders), "--send-backend", backend],
        ...["--receive-backend", receive, ...SCAN],
      ], { end, path });
      const isKilled = remains.killedBy !== null;
      ended[isKilled ? 2 : remains.code === 0 ? 0 : 1]++;
      const what = end === null
        ? "by itself"
        : `${end.signal} after ${afterMs.toFixed(0)} ms`;
      const all = [faultOf(remains, end), await leftovers(host, directory)];
      for (const fault of all) {
        if (fault !== null) faults.push(`${receive}, ${what}: ${fault}`);
      }
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  }
  return { ended, faults };
}

/** What a scan left behind besides its files: processes, a program at the interface, other files. */
async function leftovers(
  host: Host,
  directory: string,
): Promise<string | null> {
  // Brackets, so that the pattern does not find its own process.
  const pattern = directory.replace("pacemap", "[p]acemap");
  const processes = await host.run("sh", [
    "-c",
    'pgrep -f "$1"; :',
    "sh",
    pattern,
  ]);
  if (processes !== "") return `processes left: ${processes}`;
  const links = JSON.parse(
    await host.run("ip", ["-json", "link", "show", SCANNER_INTERFACE]),
  );
  if (links[0].xdp !== undefined) return "a program left at the interface";
  const files = [...Deno.readDirSync(directory)].map(({ name }) => name);
  const others = files.filter((name) => !/^scan\.(?:json|csv)$/.test(name));
  return others.length === 0 ? null : `files left: ${others.join(", ")}`;
}

/** Gives the scanner's interface a queue for each of the senders, wherever the machine has fewer processors. */
async function widen({ router, scanner }: Network): Promise<void> {
  const queues = Math.max(...SENDERS);
  const wide = `numtxqueues ${queues} numrxqueues ${queues}`;
  const batch = (host: Host, lines: string): Promise<string> =>
    host.run("ip", ["-batch", "-"], lines);
  await batch(
    router,
    `link del down0
     link add down0 ${wide} type veth peer name ${SCANNER_INTERFACE} ${wide} netns ${scanner.processId}
     address add ${GATEWAY_ADDRESS}/24 dev down0
     link set down0 up\n`,
  );
  await batch(
    scanner,
    `address add ${SCANNER_ADDRESS}/24 dev ${SCANNER_INTERFACE}
     link set ${SCANNER_INTERFACE} up
     route add default via ${GATEWAY_ADDRESS}\n`,
  );
}
