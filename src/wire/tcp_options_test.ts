import assert from "node:assert/strict";
import { writeTcpHeader } from "./tcp.ts";
import {
  findTcpOption,
  TCP_OPTION_MSS,
  TCP_OPTION_PROFILES,
  TCP_OPTION_SACK_PERMITTED,
  TCP_OPTION_TIMESTAMPS,
  TCP_OPTION_WINDOW_SCALE,
} from "./tcp_options.ts";

const KINDS = [
  TCP_OPTION_MSS,
  TCP_OPTION_WINDOW_SCALE,
  TCP_OPTION_SACK_PERMITTED,
  TCP_OPTION_TIMESTAMPS,
];

/** Where the data of each of `KINDS` starts in these options, -1 where it is not found. */
function found(options: readonly number[], cutBytes = 0): number[] {
  const view = new DataView(new Uint8Array(80).fill(0xa5).buffer);
  const end = writeTcpHeader(view, 0, {
    sourcePort: 0,
    destinationPort: 0,
    sequence: 0,
    acknowledgement: 0,
    flags: 0,
    window: 0,
  }, Uint8Array.from(options));
  return KINDS.map((kind) => {
    const at = findTcpOption(view, 0, end - cutBytes, kind);
    return at < 0 ? -1 : at - 20;
  });
}

Deno.test("TCP_OPTION_PROFILES are whole words and hold the options they name", () => {
  const places = new Map([
    ["windows", [2, 7, 12, -1]],
    ["linux", [2, 19, 6, 8]],
    ["bsd", [2, 7, 22, 12]],
    ["smallest-probes", [2, -1, -1, -1]],
  ]);
  assert.deepEqual(TCP_OPTION_PROFILES.map(({ name }) => name), [
    ...places.keys(),
  ]);
  for (const { name, bytes, timestampAt } of TCP_OPTION_PROFILES) {
    assert.equal(bytes.length % 4, 0);
    assert.deepEqual(found([...bytes]), places.get(name));
    assert.equal(timestampAt, places.get(name)![3]);
  }
});

Deno.test("findTcpOption() steps over options that it does not know", () => {
  // User timeout (RFC 5482), then MSS.
  assert.deepEqual(found([28, 4, 0, 1, 2, 4, 5, 0xb4]), [6, -1, -1, -1]);
  assert.deepEqual(found([1, 1, 253, 2, 2, 4, 5, 0xb4]), [6, -1, -1, -1]);
});

Deno.test("findTcpOption() takes the first of two", () => {
  assert.deepEqual(found([2, 4, 5, 0xb4, 2, 4, 1, 0]), [2, -1, -1, -1]);
});

Deno.test("findTcpOption() stops at the end of the list", () => {
  assert.deepEqual(found([0, 1, 1, 1, 2, 4, 5, 0xb4]), [-1, -1, -1, -1]);
});

Deno.test("findTcpOption() stops at the first malformed option", () => {
  const rest = [2, 4, 5, 0xb4];
  for (
    const bad of [
      [28, 0, 1, 1],
      [28, 1, 1, 1],
      [3, 4, 8, 0],
      [4, 3, 0, 1],
      [2, 3, 5, 1],
    ]
  ) {
    assert.deepEqual(found([...bad, ...rest]), [-1, -1, -1, -1]);
    assert.deepEqual(found([...rest, ...bad]), [2, -1, -1, -1]);
  }
});

Deno.test("findTcpOption() does not read behind the header or the captured bytes", () => {
  assert.deepEqual(found([1, 1, 1, 2]), [-1, -1, -1, -1]);
  assert.deepEqual(found([1, 1, 2, 4]), [-1, -1, -1, -1]);
  assert.deepEqual(found([1, 1, 8, 10]), [-1, -1, -1, -1]);
  assert.deepEqual(found([2, 4, 5, 0xb4], 1), [-1, -1, -1, -1]);
});
