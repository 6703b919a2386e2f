import assert from "node:assert/strict";
import { NSENTER, selfCommand } from "../../src/demo/mod.ts";
import type { Outcome } from "./network_fixture.ts";

/** Path of an executable to test instead of the source. */
const EXECUTABLE_VARIABLE = "PACEMAP";
const SEPARATOR = "-".repeat(54);
const TCP =
  /^tcp \{ source: ([0-9]+) \| dest: ([0-9]+) \| seq: ([0-9]+) \| checksum: (?:0X[0-9A-F]{2,4}|0000) \}$/;
const IP =
  /^ip \{ saddr: ([0-9.]+) \| daddr: ([0-9.]+) \| checksum: (?:0X[0-9A-F]{2,4}|0000) \}$/;
const ETHERNET = /^eth \{ shost: ([0-9a-f:]{17}) \| dhost: ([0-9a-f:]{17}) \}$/;

/** Addresses that need not be found, so that nothing depends on the machine. */
export const NETWORK: readonly string[] = [
  ...["-S", "192.0.2.5", "-G", "00:11:22:33:44:55"],
  ...["--source-mac", "02:00:00:00:00:01"],
];

/** A TCP packet that was printed. */
export interface Packet {
  readonly sourcePort: number;
  readonly port: number;
  readonly sequence: number;
  readonly source: string;
  readonly target: string;
  /** Null without an Ethernet header. */
  readonly sourceMac: string | null;
}

/** How pacemap is started without a namespace. */
export interface StartHereOptions {
  readonly stdin?: "null" | "piped";
  /** Shell text that runs it as `"$@"`, once it has dropped the first argument; null: no shell. */
  readonly script?: string | null;
}

/** Starts pacemap without any namespace and with no more than its own rights; both outputs are to be read. */
export function startHere(
  args: readonly string[],
  { script = null, stdin = "null" }: StartHereOptions = {},
): Deno.ChildProcess {
  const executable = Deno.env.get(EXECUTABLE_VARIABLE);
  const self = executable === undefined
    ? selfCommand()
    : { program: executable, args: [] };
  // Without flags, nsenter is a program that tests may run and that runs another.
  return new Deno.Command(NSENTER, {
    args: [
      ...(script === null ? [] : ["sh", "-c", script, "sh", "sh"]),
      ...[self.program, ...self.args, ...args],
    ],
    stdin,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** As `startHere`, and waits for its end; `input` is what it reads, or null for nothing. */
export async function runHere(
  args: readonly string[],
  input: string | null = null,
  script: string | null = null,
): Promise<Outcome & { readonly bytes: Uint8Array }> {
  const startMs = performance.now();
  const stdin = input === null ? "null" : "piped";
  const child = startHere(args, { script, stdin });
  const [{ code, stderr, stdout }] = await Promise.all([
    child.output(),
    input === null
      ? null
      : new Blob([input]).stream().pipeTo(child.stdin).catch(() => {}),
  ]);
  const decoder = new TextDecoder();
  return {
    code,
    bytes: stdout,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
    elapsedMs: performance.now() - startMs,
  };
}

/** The packets that a dry run prints; fails unless all of it is as ZMap prints it. */
export async function dryRun(...args: string[]): Promise<Packet[]> {
  const outcome = await runHere(["--dryrun", ...NETWORK, ...args]);
  assert.equal(outcome.code, 0, outcome.stderr);
  return parsePackets(outcome.stdout);
}

/** Reads the text of a dry run. */
export function parsePackets(text: string): Packet[] {
  const blocks = text.split(`${SEPARATOR}\n`);
  assert.equal(blocks.pop(), "");
  return blocks.map((block) => {
    const [tcp = "", ip = "", ethernet = "", ...rest] = block.split("\n");
    const [, sourcePort, port, sequence] = TCP.exec(tcp) ?? [];
    const [, source, target] = IP.exec(ip) ?? [];
    assert.ok(sequence !== undefined && target !== undefined, block);
    assert.deepEqual(rest, ethernet === "" ? [] : [""], block);
    return {
      sourcePort: Number(sourcePort),
      port: Number(port),
      sequence: Number(sequence),
      source: source!,
      target,
      sourceMac: ethernet === "" ? null : ETHERNET.exec(ethernet)![1]!,
    };
  });
}

/** `address:port` of each record that a fast dry run writes. */
export async function fastDryRun(...args: string[]): Promise<string[]> {
  const outcome = await runHere(["--fast-dryrun", "-q", ...NETWORK, ...args]);
  assert.equal(outcome.code, 0, outcome.stderr);
  const { bytes } = outcome;
  assert.equal(bytes.length % 6, 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: string[] = [];
  for (let at = 0; at < bytes.length; at += 6) {
    const address = bytes.subarray(at, at + 4).join(".");
    records.push(`${address}:${view.getUint16(at + 4)}`);
  }
  return records;
}

/** Targets of packets, sorted. */
export function targetsOf(packets: readonly Packet[]): string[] {
  return packets.map(({ target }) => target).sort();
}

/** All addresses of a prefix in 10.0.0.0/8 to 223.0.0.0/8, sorted as text. */
export function addressesOf(...prefixes: string[]): string[] {
  return prefixes.flatMap((prefix) => {
    const [address = "", length = "32"] = prefix.split("/");
    const octets = address.split(".").map(Number);
    const first = octets.reduce((sum, octet) => sum * 256 + octet, 0);
    return Array.from({ length: 2 ** (32 - Number(length)) }, (_, i) => {
      const one = first + i;
      return [24, 16, 8, 0].map((shift) => (one >>> shift) & 255).join(".");
    });
  }).sort();
}
