import assert from "node:assert/strict";
import { VIEW } from "./_test_view.ts";
import { parseListenAddress } from "./listen_address.ts";
import { WatchSite } from "./watch_site.ts";

function siteAt(address: string): WatchSite {
  return new WatchSite(parseListenAddress(address));
}

function bodyOf(site: WatchSite, path: string): string | null {
  const answer = site.answer(path);
  return answer === null || typeof answer === "string"
    ? answer
    : new TextDecoder().decode(answer.body);
}

Deno.test("WatchSite shows what it was given last, each page made once", () => {
  const site = siteAt("127.0.0.1:8080");
  for (const path of ["/api/status", "/api/ledger", "/metrics"]) {
    assert.equal(site.answer(path), "later");
  }
  assert.equal(site.answer("/api"), null);
  assert.equal(site.firstEvent(), null);
  assert.notEqual(site.answer("/"), null);
  const ledger = { send: { made: 3 } };
  const event = site.show({ view: VIEW, ledger });
  assert.equal(
    new TextDecoder().decode(event),
    `event: view\ndata: ${JSON.stringify(VIEW)}\n\n`,
  );
  assert.equal(site.firstEvent(), event);
  assert.deepEqual(JSON.parse(bodyOf(site, "/api/status")!), VIEW);
  assert.deepEqual(JSON.parse(bodyOf(site, "/api/ledger")!), ledger);
  assert.equal(site.answer("/metrics"), site.answer("/metrics"));
  site.show({ view: { ...VIEW, packets_sent: 7 }, ledger });
  assert.match(bodyOf(site, "/metrics")!, /^pacemap_packets_sent_total 7$/m);
  assert.equal(bodyOf(site, "/api/events"), "events");
});

Deno.test("WatchSite has no other pages", () => {
  const site = siteAt("127.0.0.1:8080");
  site.show({ view: VIEW, ledger: {} });
  for (
    const path of [
      ...["/metrics/", "/api", "/api/status/..", "//", "/..", "/%2f"],
      ...["/etc/passwd", "/index.html", "/constructor", "/__proto__"],
    ]
  ) assert.equal(site.answer(path), null, path);
});

Deno.test("WatchSite is called by its address and loopback's names, and by none of others", () => {
  const cases: readonly (readonly [string, string | null, boolean])[] = [
    ["127.0.0.1:8080", "127.0.0.1:8080", true],
    ["127.0.0.1:8080", "localhost:8080", true],
    ["127.0.0.1:8080", "localhost", false],
    ["127.0.0.1:8080", "localhost:8081", false],
    ["127.0.0.1:8080", "evil.example:8080", false],
    ["127.0.0.1:8080", "127.0.0.1.evil.example:8080", false],
    ["127.0.0.1:8080", "", false],
    ["127.0.0.1:8080", null, false],
    ["127.0.0.1:8080", "192.0.2.1:8080", false],
    ["192.0.2.1:8080", "192.0.2.1:8080", true],
    ["0.0.0.0:8080", "192.0.2.1:8080", true],
    ["0.0.0.0:8080", "evil.example:8080", false],
    ["[::]:8080", "[2001:db8::1]:8080", true],
    ["unix:/run/x", "anything", true],
  ];
  for (const [address, host, expected] of cases) {
    assert.equal(siteAt(address).isHost(host), expected, `${address} ${host}`);
  }
});
