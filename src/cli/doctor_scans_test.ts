import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { readArguments, splitArguments } from "./arguments.ts";
import { readScans } from "./doctor_scans.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

/** The families of the scans, and whether their targets are assumed. */
async function familiesOf(
  ...args: string[]
): Promise<[families: number[], areTargetsAssumed: boolean]> {
  const { scans, warnings } = await readScans(
    readArguments(splitArguments(args)),
    {
      resolve: () => Promise.reject(new Error("no names here")),
      onSilence: () => {},
    },
  );
  assert.deepEqual(warnings, []);
  const families = [
    ...scans.ipv4 === null ? [] : [4],
    ...scans.ipv6 === null ? [] : [6],
  ];
  return [families, scans.areTargetsAssumed];
}

const PORT = ["-p", "80"];

Deno.test("readScans() has a scan of each family without targets, or of those asked for", async () => {
  assert.deepEqual(await familiesOf(...PORT), [[4, 6], true]);
  assert.deepEqual(await familiesOf(...PORT, "-4", "-6"), [[4, 6], true]);
  assert.deepEqual(await familiesOf(...PORT, "-4"), [[4], false]);
  assert.deepEqual(await familiesOf(...PORT, "-6"), [[6], false]);
});

Deno.test("readScans() leaves out a family that nobody asked for and the options do not allow", async () => {
  assert.deepEqual(await familiesOf(...PORT, "-M", "upnp", "-O", "json"), [
    [4],
    true,
  ]);
  const source = [...PORT, "-S", "192.0.2.1"];
  assert.deepEqual(await familiesOf(...source), [[4], true]);
  const source6 = [...PORT, "-S", "2001:db8::1"];
  assert.deepEqual(await familiesOf(...source6), [[6], true]);
  await assert.rejects(
    familiesOf(...PORT, "-M", "upnp", "-6"),
    /no probes for IPv6/,
  );
});

Deno.test("readScans() has the scan of the targets that are named", async () => {
  const own = ["-b", "/dev/null", ...PORT];
  assert.deepEqual(await familiesOf(...own, "198.18.0.0/24"), [[4], false]);
  const targets6 = [...own, "-6", "2001:db8::/120"];
  assert.deepEqual(await familiesOf(...targets6), [[6], false]);
});
