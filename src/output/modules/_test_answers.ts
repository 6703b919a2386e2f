/** Answers to encode in tests. */
import {
  icmpError,
  judge,
  makeProbe,
  send,
  tcpAnswer,
  udpAnswer,
  viewOf,
} from "../../../tests/fixtures/probe_scene.ts";
import {
  ipv6,
  makeProbe6,
  send6,
  tcpAnswer6,
} from "../../../tests/fixtures/probe_scene6.ts";
import { parseIpv4 } from "../../base/mod.ts";
import {
  type Probe,
  probeProtocol,
  requireProbeModule,
  type Response,
  responseColumns,
} from "../../probe/mod.ts";
import type { OutputContext, OutputModule } from "../output_module.ts";
import type { RowEncoder } from "../row_encoder.ts";

const SYN_ACK = 0x12;
const RST_ACK = 0x14;
const UNREACHABLE = 3;
const SECONDS = 1_700_000_000;

/** Probes whose answers are below. */
export const TCP: Probe = makeProbe(requireProbeModule("tcp_synscan"));
/** As `TCP`. */
export const UDP: Probe = makeProbe(requireProbeModule("udp"), {
  args: "text:x",
});

/** 192.0.2.9:443 accepts. */
export const OPEN: Response = tcp("192.0.2.9", { port: 443, ttl: 52 });
/** 192.0.2.10:80 refuses. */
export const CLOSED: Response = tcp("192.0.2.10", {
  port: 80,
  ttl: 51,
  flags: RST_ACK,
});
/** The host of 192.0.2.12:22 cannot be reached, says a router. */
export const UNREACHED: Response = unreached(TCP, 1);
/** Port 53 of 192.0.2.12 is none, for UDP. */
export const NO_PORT: Response = unreached(UDP, 3);
/** 192.0.2.11:53 answers over UDP. */
export const DATAGRAM: Response = datagram();
/** [2001:db8::9]:443 accepts. */
export const OPEN6: Response = open6();

/** What encoders are opened with, for answers to `probe`. */
export function contextOf(
  module: OutputModule,
  changes: Partial<OutputContext> & { readonly probe?: Probe } = {},
): OutputContext {
  const { probe = TCP, ...rest } = changes;
  const known = responseColumns(probe);
  const fields = module.fields?.(probe, true) ?? ["saddr", "sport"];
  return {
    columns: fields.map((name) => known.find((one) => one.name === name)!),
    hasHeader: true,
    protocol: probeProtocol(probe),
    ports: [443, 80],
    program: "pacemap 0.1.0",
    keptBytes: 0,
    memory: [],
    ...rest,
  };
}

/** All bytes of an encoder for these answers. */
export function encodeAll(
  encoder: RowEncoder<Response>,
  answers: readonly Response[],
): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const answer of answers) {
    encoder.append(answer);
    parts.push(encoder.take().bytes);
  }
  parts.push(encoder.finish().bytes, encoder.finish().bytes);
  const all = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The same as text. */
export async function textOf(
  module: OutputModule,
  answers: readonly Response[],
  changes: Parameters<typeof contextOf>[1] = {},
): Promise<string> {
  const encoder = await module.open(contextOf(module, changes));
  return new TextDecoder().decode(encodeAll(encoder, answers));
}

function tcp(
  address: string,
  { flags = SYN_ACK, port, ttl }: {
    readonly port: number;
    readonly ttl: number;
    readonly flags?: number;
  },
): Response {
  const sent = send(TCP, { address: parseIpv4(address), port });
  const acknowledgement = viewOf(sent.packet).getUint32(24) + 1;
  return answered(TCP, tcpAnswer(sent, { flags, acknowledgement }), ttl);
}

function unreached(probe: Probe, code: number): Response {
  const port = probe === TCP ? 22 : 53;
  const { packet } = send(probe, { address: parseIpv4("192.0.2.12"), port });
  return answered(probe, icmpError(packet, UNREACHABLE, code), 61);
}

function datagram(): Response {
  const sent = send(UDP, { address: parseIpv4("192.0.2.11"), port: 53 });
  return answered(UDP, udpAnswer(sent, Uint8Array.of(1, 2)), 60);
}

function answered(probe: Probe, packet: Uint8Array, ttl: number): Response {
  packet[8] = ttl;
  const { response } = judge(probe, packet);
  return { ...response, seconds: SECONDS, microseconds: 5 };
}

function open6(): Response {
  const probe = makeProbe6(requireProbeModule("tcp_synscan"));
  const sent = send6(probe, { address: ipv6("2001:db8::9"), port: 443 });
  const packet = tcpAnswer6(sent, { flags: SYN_ACK, acknowledgement: 1 });
  packet[7] = 52;
  // Where the source address of an IPv6 packet stands.
  return {
    ...OPEN,
    view: viewOf(packet),
    end: packet.length,
    targetAddress: 8,
  };
}
