import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError } from "../base/mod.ts";
import { JsonSource } from "./json_text.ts";
import { MetadataFile } from "./metadata.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

Deno.test("MetadataFile is empty at first and then holds one line of JSON", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "old");
    const file = await MetadataFile.open(path);
    assert.equal(await Deno.readTextFile(path), "");
    await file.write({
      rate: 10000,
      seed: 18446744073709551615n,
      size: 281474976710656n,
      mac: new Uint8Array([2, 0, 255]),
    });
    assert.equal(
      await Deno.readTextFile(path),
      '{ "rate": 10000, "seed": 18446744073709551615, "size": 281474976710656, "mac": "0200ff" }\n',
    );
    await file.close();
    assert.equal(file.fault, null);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("MetadataFile copies JSON of the user with all digits", async () => {
  const path = await Deno.makeTempFile();
  try {
    const file = await MetadataFile.open(path);
    const run = JsonSource.parse('{"id":18446744073709551615,"x":[1.0,1e400]}');
    await file.write({ notes: "a", run });
    assert.equal(
      await Deno.readTextFile(path),
      '{ "notes": "a", "run": { "id": 18446744073709551615, "x": [ 1.0, 1e400 ] } }\n',
    );
    await file.close();
    assert.equal(file.fault, null);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("MetadataFile takes lists of any length", async () => {
  const path = await Deno.makeTempFile();
  try {
    const file = await MetadataFile.open(path);
    const networks = Array.from({ length: 50_000 }, (_, i) => `é ${i}/24`);
    await file.write({ networks: new Set(networks) });
    const text = await Deno.readTextFile(path);
    assert.deepEqual(JSON.parse(text), { networks });
    assert.ok(text.endsWith(" ] }\n"));
    await file.close();
    assert.equal(file.fault, null);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("MetadataFile.open() refuses a path that cannot be written", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await assert.rejects(
      MetadataFile.open(`${directory}/missing/m.json`),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.equal(error.option, "--metadata-file");
        return true;
      },
    );
  } finally {
    await Deno.remove(directory);
  }
});

Deno.test("MetadataFile leaves standard output open", async () => {
  const file = await MetadataFile.open("-");
  await file.close();
  await file.close();
  assert.equal(Deno.stdout.writeSync(new Uint8Array(0)), 0);
});
