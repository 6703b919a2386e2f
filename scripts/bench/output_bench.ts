// deno-lint-ignore-file no-console
/**
 * Speed of result rows: `deno run --allow-ffi --allow-read --allow-write scripts/bench/output_bench.ts`. Prints rows
 * per second, best of five.
 * @module
 */
import {
  type Column,
  formatIpv4,
  type Value,
  type ValueType,
} from "../../src/base/mod.ts";
import {
  createRowWriter,
  loadOutputModules,
  type OutputModule,
  ResultFile,
  type RowFormat,
} from "../../src/output/mod.ts";
import {
  contextOf,
  OPEN,
  TCP,
} from "../../src/output/modules/_test_answers.ts";
import { responseColumns } from "../../src/probe/mod.ts";
import { IPV4_SOURCE } from "../../src/wire/mod.ts";

interface Row {
  address: number;
  port: number;
  seconds: number;
}

function column(
  name: string,
  type: ValueType,
  read: (row: Row) => Value,
): Column<Row> {
  return { name, type, description: "", read };
}

const SADDR = column("saddr", "string", (row) => formatIpv4(row.address));
const WIDE = [
  SADDR,
  column("saddr_raw", "int", (row) => row.address),
  column("daddr", "string", () => "10.0.0.1"),
  column("daddr_raw", "int", () => 16777226),
  column("ipid", "int", (row) => row.address & 0xffff),
  column("ttl", "int", () => 57),
  column("sport", "int", (row) => row.port),
  column("dport", "int", (row) => 32768 + (row.address & 0x3fff)),
  column("seqnum", "int", (row) => (row.address * 3) >>> 0),
  column("acknum", "int", (row) => (row.address * 7) >>> 0),
  column("window", "int", () => 65535),
  column("tcpopt_mss", "int", () => 1460),
  column("tcpopt_wscale", "int", () => null),
  column("classification", "string", () => "synack"),
  column("success", "bool", () => true),
  column("repeat", "bool", () => false),
  column("cooldown", "bool", () => false),
  column(
    "timestamp_str",
    "string",
    (row) => `2026-01-02T03:04:0${row.seconds % 10}.123+0000`,
  ),
  column("timestamp_ts", "int", (row) => row.seconds),
  column("timestamp_us", "int", () => 123456),
];

function measure(
  name: string,
  format: RowFormat,
  columns: readonly Column<Row>[],
): void {
  const rows = 1_000_000;
  const row: Row = { address: 0, port: 80, seconds: 1_760_000_000 };
  let best = Infinity;
  let bytes = 0;
  for (let round = 0; round < 5; round++) {
    const writer = createRowWriter({ format, columns, hasHeader: true });
    bytes = 0;
    const start = performance.now();
    for (let i = 0; i < rows; i++) {
      row.address = Math.imul(i, 0x9e3779b1) >>> 0;
      writer.append(row);
      if (writer.lengthBytes >= 65536) bytes += writer.take().bytes.length;
    }
    best = Math.min(best, performance.now() - start);
  }
  const rate = Math.round(rows / best);
  console.log(
    `${name}: ${rate} k rows/s, ${Math.round(bytes / best / 1000)} MB/s`,
  );
}

measure("csv saddr", "csv", [SADDR]);
measure("csv saddr,sport", "csv", [SADDR, WIDE[6]!]);
measure("csv 20 fields", "csv", WIDE);
measure("json saddr", "json", [SADDR]);
measure("json 20 fields", "json", WIDE);

/** Rows of each format, from answers as a scan has them; parquet and sqlite only as far as their thread is not asked. */
async function measureModule(
  module: OutputModule,
  fields: readonly string[],
): Promise<void> {
  const rows = 100_000;
  const response = { ...OPEN };
  const known = responseColumns(TCP);
  const columns = fields.map((name) => known.find((one) => one.name === name)!);
  let best = Infinity;
  let bytes = 0;
  for (let round = 0; round < 5; round++) {
    const encoder = await module.open(contextOf(module, { columns }));
    bytes = 0;
    const start = performance.now();
    for (let i = 0; i < rows; i++) {
      const address = Math.imul(i, 0x9e3779b1) >>> 0;
      response.targetAddress = address;
      response.view.setUint32(response.at + IPV4_SOURCE, address);
      encoder.append(response);
      if (encoder.lengthBytes >= 65536) bytes += encoder.take().bytes.length;
    }
    bytes += encoder.finish().bytes.length;
    best = Math.min(best, performance.now() - start);
  }
  const rate = Math.round(rows / best);
  console.log(
    `${module.name} ${fields.join()}: ${rate} k rows/s, ${
      Math.round(bytes / best / 1000)
    } MB/s`,
  );
}

for (const module of await loadOutputModules()) {
  await measureModule(
    module,
    module.fields?.(TCP, true) ?? ["saddr", "sport"],
  );
}

/** Bytes of a large answer, and of the rows that a scan gives to a file at a time. */
const ANSWER_BYTES = 1400;
const CHUNK_BYTES = 256 << 10;
const WIDE_ROWS = 100_000;
/** What a disk of today takes, and rows must not fall short of. */
const LEAST_MB = 100;

/** Rows of large answers in hexadecimal, formatted while those before are written to a file, as a scan does it. */
async function measureFile(format: RowFormat): Promise<void> {
  const answer = crypto.getRandomValues(new Uint8Array(ANSWER_BYTES));
  const data = column("data", "binary", () => answer);
  const row: Row = { address: 0, port: 80, seconds: 0 };
  const path = await Deno.makeTempFile();
  try {
    const writer = createRowWriter({
      format,
      columns: [SADDR, data],
      hasHeader: true,
    });
    const file = await ResultFile.open(path, { option: "output" });
    const start = performance.now();
    let written = Promise.resolve();
    for (let i = 0; i < WIDE_ROWS; i++) {
      row.address = i;
      writer.append(row);
      if (writer.lengthBytes < CHUNK_BYTES) continue;
      await written;
      written = file.write(writer.take());
    }
    await file.write(writer.take());
    const ms = performance.now() - start;
    await file.close();
    const rate = Math.round(file.writtenBytes / ms / 1000);
    console.log(
      `${format} answers of ${ANSWER_BYTES} bytes, to a file: ${rate} MB/s, at least ${LEAST_MB} required`,
    );
    if (rate < LEAST_MB) throw new Error(`${rate} MB/s to "${path}"`);
  } finally {
    await Deno.remove(path);
  }
}

await measureFile("csv");
await measureFile("json");
