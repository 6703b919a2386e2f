import assert from "node:assert/strict";
import { parseIpv4, parseIpv6 } from "../base/mod.ts";
import type { IpAddress } from "../link/mod.ts";
import { scopeProblem } from "./source_scope.ts";

function ip(text: string): IpAddress {
  return text.includes(":") ? parseIpv6(text)! : parseIpv4(text);
}

Deno.test("scopeProblem() names sources that targets of wider scope cannot answer", () => {
  const cases: [source: string, target: string, found: RegExp][] = [
    ["fd00::1", "2a00::1", /fd00::1 is a unique local .* 2a00::1 is not/],
    ["fcff::1", "2001:db8::1", /unique local/],
    ["fe80::1", "2a00::1", /fe80::1 is link-local/],
    ["febf::1", "fd00::1", /link-local/],
    ["169.254.1.1", "198.18.0.1", /169\.254\.1\.1 is link-local/],
  ];
  for (const [source, target, found] of cases) {
    const problem = scopeProblem(ip(source), ip(target));
    assert.match(problem?.found ?? "", found, source);
    assert.match(problem!.remedy, /-S/);
  }
});

Deno.test("scopeProblem() finds nothing wrong with the same or a wider scope", () => {
  for (
    const [source, target] of [
      ["2001:db8::1", "2a00::1"],
      ["2001:db8::1", "fd00::1"],
      ["2001:db8::1", "fe80::1"],
      ["fd00::1", "fd12::1"],
      ["fe80::1", "fe80::2"],
      ["fec0::1", "2a00::1"],
      ["10.0.0.1", "198.18.0.1"],
      ["169.254.1.1", "169.254.1.2"],
      ["169.253.255.255", "198.18.0.1"],
    ] as const
  ) assert.equal(scopeProblem(ip(source), ip(target)), null, source);
});
