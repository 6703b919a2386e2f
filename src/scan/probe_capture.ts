import { ConfigError, formatCount } from "../base/mod.ts";
import { describeFileError } from "../output/mod.ts";
import { type Counters, SEND } from "../shm/mod.ts";
import {
  isPcapFile,
  PCAP_FILE_HEADER_BYTES,
  PCAP_RECORD_HEADER_BYTES,
  pcapCapturedBytes,
  pcapFileHeader,
} from "../wire/mod.ts";

const OPTION = "--pcap-out";
const PIECE_BYTES = 1 << 20;
/** No packet of ours is longer. */
const MOST_PACKET_BYTES = 65_535;

/**
 * Makes the file that senders append the probes to: empty but for its header, or, where a scan goes on, what it has of
 * whole packets.
 *
 * @throws {ConfigError} when it cannot be written, or does not hold packets of this kind
 */
export function prepareProbeCapture(
  path: string,
  { isResumed, linkType }: {
    /** LINKTYPE of the packets. */
    readonly linkType: number;
    readonly isResumed: boolean;
  },
): void {
  try {
    using file = Deno.openSync(path, {
      read: true,
      write: true,
      create: true,
      truncate: !isResumed,
    });
    const length = isResumed ? wholeBytes(file, { linkType, path }) : 0;
    file.truncateSync(length);
    if (length > 0) return;
    file.seekSync(0, Deno.SeekMode.Start);
    writeAll(file, pcapFileHeader(linkType));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      OPTION,
      `Cannot open "${path}" for writing: ${describeFileError(error)}`,
      "Name a file in a directory that you may write to",
      error,
    );
  }
}

/** What the file lacks of the probes; null: nothing. */
export function probeCaptureFault(
  path: string | null,
  senders: readonly { readonly counters: Counters }[],
): string | null {
  const missed = senders.reduce(
    (sum, { counters }) => sum + counters[SEND.notCaptured]!,
    0,
  );
  return missed === 0
    ? null
    : `"${path}" lacks ${
      formatCount(missed)
    } probes that were sent: it could not be written`;
}

/** Bytes up to the end of the last packet that is whole; 0 for a file that is empty. */
function wholeBytes(
  file: Deno.FsFile,
  { linkType, path }: { readonly linkType: number; readonly path: string },
): number {
  const header = new Uint8Array(PCAP_FILE_HEADER_BYTES);
  const read = readFully(file, header);
  if (read === 0) return 0;
  if (read < header.length || !isPcapFile(header, linkType)) {
    throw new ConfigError(
      OPTION,
      `"${path}" is no capture file of this scan`,
      "Bring the file back, or name another one",
    );
  }
  const piece = new Uint8Array(PIECE_BYTES + MOST_PACKET_BYTES);
  const view = new DataView(piece.buffer);
  let whole: number = PCAP_FILE_HEADER_BYTES;
  for (;;) {
    file.seekSync(whole, Deno.SeekMode.Start);
    const length = readFully(file, piece);
    let at = 0;
    while (at + PCAP_RECORD_HEADER_BYTES <= length) {
      const captured = pcapCapturedBytes(view, at);
      const end = at + PCAP_RECORD_HEADER_BYTES + captured;
      if (captured > MOST_PACKET_BYTES || end > length) break;
      at = end;
    }
    whole += at;
    if (at === 0 || length < piece.length) return whole;
  }
}

function readFully(file: Deno.FsFile, into: Uint8Array): number {
  let length = 0;
  while (length < into.length) {
    const read = file.readSync(into.subarray(length));
    if (read === null) break;
    length += read;
  }
  return length;
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}
