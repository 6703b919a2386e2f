import assert from "node:assert/strict";
import { descriptorOf } from "./descriptor.ts";

for (
  const [path, descriptor] of [
    ["/dev/stdin", 0],
    ["/dev/stdout", 1],
    ["/dev/stderr", 2],
    ["/dev/fd/0", 0],
    ["/dev/fd/63", 63],
    ["/proc/self/fd/7", 7],
    ["/proc/thread-self/fd/12", 12],
    ["-", null],
    ["stdin", null],
    ["/dev/fd/", null],
    ["/dev/fd/07", null],
    ["/dev/fd/9999999999", null],
    ["/dev/fd/3/..", null],
    ["/dev/null", null],
    ["/proc/1/fd/3", null],
    ["./dev/stdin", null],
  ] as const
) {
  Deno.test(`descriptorOf() finds ${descriptor} in "${path}"`, () => {
    assert.equal(descriptorOf(path), descriptor);
  });
}
