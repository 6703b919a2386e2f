import assert from "node:assert/strict";
import { formatIpv4, formatIpv6Words } from "../base/mod.ts";
import { StreamLines } from "./stream_lines.ts";

interface Read {
  readonly taken: string[];
  readonly skipped: string[];
}

/** What becomes of these pieces. */
function read(...pieces: readonly string[]): Read {
  const taken: string[] = [];
  const skipped: string[] = [];
  const lines = new StreamLines({
    name: "input",
    mostAddresses: 256,
    takeIpv4: (address, count) =>
      taken.push(`${formatIpv4(address[0]!)} ${count}`),
    takeIpv6: (address, count) =>
      taken.push(`${formatIpv6Words(address, 0)} ${count}`),
    skip: (line, reason) => skipped.push(`${line}: ${reason}`),
  });
  for (const piece of pieces) lines.push(new TextEncoder().encode(piece));
  lines.finish();
  return { taken, skipped };
}

Deno.test("StreamLines.push() takes addresses, ranges and prefixes of both families", () => {
  assert.deepEqual(
    read(
      "\ufeff# a comment\n192.0.2.1\r\n\n 192.0.2.8/29 # more\n198.51.100.1-198.51.100.9\n",
      "2001:db8::1\n2001:db8::/120\n2001:db8::1-2001:db8::4\n192.0.2.2 ; text\n198.51.100.7",
    ),
    {
      taken: [
        "192.0.2.1 1",
        "192.0.2.8 8",
        "198.51.100.1 9",
        "2001:db8::1 1",
        "2001:db8:: 256",
        "2001:db8::1 4",
        "192.0.2.2 1",
        "198.51.100.7 1",
      ],
      skipped: [],
    },
  );
});

Deno.test("StreamLines.push() skips what it cannot take, and says which line and why", () => {
  const { skipped, taken } = read(
    "saddr\n192.0.2.256\nhost.example\n10.0.0.0/8\n2001:db8::/64\nfe80::1%eth0\n192.0.2.1 192.0.2.2\n",
    "192.0.2.1\nsaddr\n",
  );
  assert.deepEqual(taken, ["192.0.2.1 1"]);
  const reasons = [
    /^1: "saddr" skipped as a header$/,
    /^2: .*"192\.0\.2\.256"/,
    /^3: "host\.example" is no address: names are not looked up/,
    /^4: "10\.0\.0\.0\/8" has more than the 256 addresses/,
    /^5: "2001:db8::\/64" has more than the 256 addresses/,
    /^6: "fe80::1%eth0" has a zone: name the interface with -i/,
    /^7: .*192\.0\.2\.2 is not a netmask/,
    /^9: "saddr" is the header of a column/,
  ];
  assert.equal(skipped.length, reasons.length, skipped.join("\n"));
  reasons.forEach((reason, i) => assert.match(skipped[i]!, reason));
});

Deno.test("StreamLines.push() takes the addresses of results as JSON, and skips those without success", () => {
  const { skipped, taken } = read(
    '{"saddr":"192.0.2.1","data":"#;"}\n{"saddr":"192.0.2.2","success":0}\n',
    '{"target":"2001:db8::1","sport":80}\n{"sport":80}\n{"saddr":\n',
  );
  assert.deepEqual(taken, ["192.0.2.1 1", "2001:db8::1 1"]);
  const reasons = [
    /^2: .*no success$/,
    /^4: Cannot find an addr/,
    /^5: .*JSON$/,
  ];
  assert.equal(skipped.length, reasons.length, skipped.join("\n"));
  reasons.forEach((reason, i) => assert.match(skipped[i]!, reason));
});

Deno.test("StreamLines.push() goes on behind a line that does not end", () => {
  const long = "1".repeat(600_000);
  const { skipped, taken } = read(
    "192.0.2.1\n",
    long,
    long,
    `${long}\n192.0.2.2\n`,
    "192.0.2.256\n",
  );
  assert.deepEqual(taken, ["192.0.2.1 1", "192.0.2.2 1"]);
  assert.equal(skipped.length, 2);
  assert.match(skipped[0]!, /^2: .*a line has more than 1 MiB/);
  assert.match(skipped[1]!, /^4: /);
});
