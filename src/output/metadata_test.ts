import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import { createMetadataFile, writeMetadata } from "./metadata.ts";

Deno.test("writeMetadata() replaces the empty file with one line of JSON", async () => {
  const path = await Deno.makeTempFile();
  try {
    await createMetadataFile(path);
    assert.equal(await Deno.readTextFile(path), "");
    await writeMetadata(path, {
      rate: 10000,
      seed: 18446744073709551615n,
      size: 281474976710656n,
      mac: new Uint8Array([2, 0, 255]),
    });
    assert.equal(
      await Deno.readTextFile(path),
      '{"rate":10000,"seed":"18446744073709551615","size":281474976710656,"mac":"0200ff"}\n',
    );
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("createMetadataFile() refuses a path that cannot be written", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await assert.rejects(
      createMetadataFile(`${directory}/missing/m.json`),
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

Deno.test("createMetadataFile() leaves standard output alone", async () => {
  await createMetadataFile("-");
});
