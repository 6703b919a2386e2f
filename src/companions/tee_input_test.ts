import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import { type ByteSource, readLines } from "./byte_lines.ts";
import { TeeInput } from "./tee_input.ts";

/** What is passed on when the input comes in pieces of `pieceBytes`. */
async function tee(
  text: string,
  { isRaw = false, isSuccessOnly = false, pieceBytes = 7 } = {},
): Promise<{ passed: string; count: number; bad: string[] }> {
  const bad: string[] = [];
  const input = new TeeInput({
    isRaw,
    isSuccessOnly,
    onBadRow: (row) => bad.push(row),
  });
  let [passed, count] = ["", 0];
  await readLines(pieces(text, pieceBytes), (bytes, end) => {
    const rows = input.read(bytes, end);
    passed += new TextDecoder().decode(rows.passed);
    count += rows.count;
    return Promise.resolve();
  }, (bytes, end) => input.endOfRows(bytes, end));
  return { passed, count, bad };
}

function pieces(text: string, pieceBytes: number): ByteSource {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return {
    read(buffer: Uint8Array): Promise<number | null> {
      if (at === bytes.length) return Promise.resolve(null);
      const piece = bytes.subarray(at, at + pieceBytes);
      buffer.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length);
    },
  };
}

async function passed(
  text: string,
  options: Parameters<typeof tee>[1] = {},
): Promise<string> {
  return (await tee(text, options)).passed;
}

Deno.test("TeeInput passes on addresses and ports of CSV, not its header", async () => {
  assert.equal(
    await passed("saddr,sport\n1.1.1.1,80\n2.2.2.2,443\n"),
    "1.1.1.1,80\n2.2.2.2,443\n",
  );
  assert.equal(
    await passed("ttl,ip\r\n5,1.1.1.1\r\n6,2.2.2.2"),
    "1.1.1.1\n2.2.2.2\n",
  );
});

Deno.test("TeeInput takes columns by their whole name", async () => {
  const text = "ipid,saddr_raw,saddr\n7,8,1.1.1.1\n";
  assert.equal(await passed(text), "1.1.1.1\n");
  await assert.rejects(
    () => tee("ipid,saddr_raw\n7,8\n"),
    (error) =>
      error instanceof ConfigError && /saddr or ip/.test(error.message),
  );
});

Deno.test("TeeInput understands quotes, also with line ends between them", async () => {
  const text = 'note,saddr\n"a, ""b""\nc",1.1.1.1\nd,"2.2.2.2"\n';
  for (const pieceBytes of [1, 3, 100]) {
    const { count, passed } = await tee(text, { pieceBytes });
    assert.equal(passed, "1.1.1.1\n2.2.2.2\n");
    assert.equal(count, 3);
  }
});

Deno.test("TeeInput passes lines on as they are when there is no header", async () => {
  for (
    const text of [
      "1.1.1.1\n2.2.2.2\n",
      "1.1.1.1,80\n2.2.2.2,80\n",
      "a\nb",
      // One column is passed on with its header, as ZMap does.
      "saddr\n1.1.1.1\n",
    ]
  ) {
    assert.equal(await passed(text), text);
  }
  const csv = "saddr,sport\n1.1.1.1,80\n";
  assert.equal(await passed(csv, { isRaw: true }), csv);
});

Deno.test("TeeInput takes JSON lines", async () => {
  const text = '{"saddr":"1.1.1.1","sport":80,"success":true}\n' +
    '{"saddr":"2.2.2.2","success":false}\n{"ip":"3.3.3.3","success":1}\n' +
    '{"x":1}\nrubbish\n';
  const { bad, passed: all } = await tee(text);
  assert.equal(all, "1.1.1.1,80\n2.2.2.2\n3.3.3.3\n");
  assert.deepEqual(bad, ['{"x":1}', "rubbish"]);
  assert.equal(
    await passed(text, { isSuccessOnly: true }),
    "1.1.1.1,80\n3.3.3.3\n",
  );
});

Deno.test("TeeInput knows success in each of its spellings", async () => {
  const text =
    "saddr,success\n1.1.1.1,1\n2.2.2.2,0\n3.3.3.3,true\n4.4.4.4,false\n5.5.5.5,\n";
  assert.equal(
    await passed(text, { isSuccessOnly: true }),
    "1.1.1.1\n3.3.3.3\n",
  );
  for (const other of ["saddr,sport\n", "1.1.1.1\n", "success\n1\n"]) {
    await assert.rejects(
      () => tee(other, { isSuccessOnly: true }),
      (error) =>
        error instanceof ConfigError && error.option === "--success-only",
    );
  }
});

Deno.test("readLines() refuses a line without end", async () => {
  const text = "x".repeat(3 << 20);
  await assert.rejects(
    () => tee(text, { pieceBytes: 1 << 18 }),
    (error) => error instanceof ConfigError && /1 MiB/.test(error.message),
  );
});
