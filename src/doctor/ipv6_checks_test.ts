import assert from "node:assert/strict";
import { advertisementsCheck, answerLimitsCheck } from "./ipv6_checks.ts";

const UDP = 17;
const ICMPV6 = 58;

function settings(
  acceptRa: number,
  forwarding: number,
): (path: string) => string | null {
  const texts: Record<string, string> = {
    "/proc/sys/net/ipv6/conf/eth0/accept_ra": `${acceptRa}\n`,
    "/proc/sys/net/ipv6/conf/eth0/forwarding": `${forwarding}\n`,
  };
  return (path) => texts[path] ?? null;
}

Deno.test("advertisementsCheck() warns where a host that forwards lets its route end", () => {
  const check = advertisementsCheck(settings(1, 1), "eth0", true);
  assert.equal(check.status, "warning");
  assert.match(check.found, /^ignored.*accept_ra=1, forwarding=1/);
  assert.match(check.remedy, /net\.ipv6\.conf\.eth0\.accept_ra=2/);
  const fine: [ReturnType<typeof settings>, boolean, RegExp][] = [
    [settings(1, 1), false, /does not depend/],
    [settings(1, 0), true, /by this kernel \(accept_ra=1\)/],
    [settings(2, 1), true, /by this kernel \(accept_ra=2\)/],
    [settings(0, 1), true, /by a program of this host/],
    [() => null, true, /^not known$/],
  ];
  for (const [readText, isAdvertised, found] of fine) {
    const check = advertisementsCheck(readText, "eth0", isAdvertised);
    assert.equal(check.status, "ok", String(found));
    assert.match(check.found, found);
  }
});

Deno.test("answerLimitsCheck() says why silence is no proof at such a rate", () => {
  const udp = answerLimitsCheck(UDP, 10_000);
  assert.equal(udp.status, "ok");
  assert.match(udp.found, /closed ports .*RFC 4443.* at 10,000 packets\/s/);
  const ping = answerLimitsCheck(ICMPV6, null);
  assert.doesNotMatch(ping.found, /closed ports/);
  assert.match(ping.found, /any high rate/);
});
