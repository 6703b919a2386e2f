import assert from "node:assert/strict";
import {
  CLOSED,
  DATAGRAM,
  NO_PORT,
  OPEN,
  OPEN6,
  textOf,
  UDP,
  UNREACHED,
} from "./_test_answers.ts";
import { nmapXml } from "./nmap_xml.ts";

Deno.test("nmapXml writes each result as a host with nmap's state and reason", async () => {
  const text = await textOf(nmapXml, [OPEN, CLOSED, UNREACHED, OPEN6]);
  assert.match(
    text,
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner="nmap" args="pacemap" start="\d+" startstr="[^"]+" version="0.1.0" xmloutputversion="1.05">\n<scaninfo type="syn" protocol="tcp" numservices="2" services="80,443"\/>\n/,
  );
  const hosts = text.split("\n").filter((line) => line.startsWith("<host "));
  assert.equal(
    hosts[0],
    '<host endtime="1700000000"><status state="up" reason="syn-ack" reason_ttl="52"/><address addr="192.0.2.9" addrtype="ipv4"/><hostnames/><ports><port protocol="tcp" portid="443"><state state="open" reason="syn-ack" reason_ttl="52"/></port></ports></host>',
  );
  assert.match(
    hosts[1]!,
    /state="up" reason="reset".*"192\.0\.2\.10".*state="closed" reason="reset"/,
  );
  assert.match(
    hosts[2]!,
    /state="down" reason="host-unreach".*"192\.0\.2\.12".*state="filtered" reason="host-unreach"/,
  );
  assert.match(hosts[3]!, /addr="2001:db8::9" addrtype="ipv6"/);
  assert.match(
    text,
    /exit="success"\/><hosts up="3" down="1" total="4"\/>\n<\/runstats>\n<\/nmaprun>\n$/,
  );
});

Deno.test("nmapXml knows ports of UDP, and probes without ports", async () => {
  const udp = await textOf(nmapXml, [DATAGRAM, NO_PORT], { probe: UDP });
  assert.match(udp, /<scaninfo type="udp" protocol="udp"/);
  assert.match(udp, /portid="53"><state state="open" reason="udp-response"/);
  // A router says so: the host may be there, or not.
  assert.match(
    udp,
    /state="down" reason="port-unreach".*state="closed" reason="port-unreach"/,
  );
  const none = await textOf(nmapXml, [OPEN], { ports: [] });
  assert.doesNotMatch(none, /scaninfo|<ports>/);
});

/** Metasploit looks for the root element in the first lines, behind the XML declaration. */
function assertKnown(text: string): void {
  const [first = "", ...lines] = text.split("\n").slice(0, 11);
  assert.ok(first.includes("<?xml"));
  const names = lines.map((line) => /<([a-zA-Z0-9\-_]+)[ >]/.exec(line)?.[1]);
  assert.ok(names.includes("nmaprun"));
}

/** A port of a host, as an importer stores it. */
type Service = Readonly<Record<"host" | "proto" | "port" | "state", string>>;

/**
 * The services that Metasploit's importer takes from a document: by its own rules (`lib/rex/parser/nmap_nokogiri.rb`,
 * `nokogiri_doc_mixin.rb`, `db_manager/import/metasploit_framework`), which read elements and attributes as they come.
 */
function metasploitServices(text: string): Service[] {
  assertKnown(text);
  const services: Service[] = [];
  const inside = new Set<string>();
  let addresses: Record<string, string> = {};
  let ports: Record<string, string>[] = [];
  let port: Record<string, string> = {};
  let isAlive = false;
  for (
    const [, end, name = "", attributes = "", isEmpty] of text.matchAll(
      /<(\/?)([a-z]+)((?: [a-z_]+="[^"]*")*)(\/?)>/g,
    )
  ) {
    const values = Object.fromEntries(
      [...attributes.matchAll(/([a-z_]+)="([^"]*)"/g)].map((
        [, key, value],
      ) => [key, value]),
    ) as Record<string, string>;
    if (end === "") {
      inside.add(name);
      const isIn = (outer: string): boolean =>
        inside.has("host") && inside.has(outer);
      if (name === "status" && isIn("host")) isAlive = values["state"] === "up";
      if (name === "address" && isIn("host")) {
        addresses[values["addrtype"]!] = values["addr"]!;
      }
      if (name === "port" && isIn("host")) port = { ...values };
      if (name === "state" && isIn("port")) port = { ...port, ...values };
    }
    if (end === "" && isEmpty === "") continue;
    if (name === "port") ports.push(port);
    if (name === "host") {
      const host = addresses["ipv4"] ?? addresses["ipv6"];
      for (const { portid, protocol, state } of ports) {
        if (!isAlive || host === undefined) continue;
        assert.ok(["open", "closed", "filtered", "unknown"].includes(state!));
        services.push({ host, proto: protocol!, port: portid!, state: state! });
      }
      [addresses, ports, isAlive] = [{}, [], false];
    }
    inside.delete(name);
  }
  assert.equal(inside.size, 0, [...inside].join());
  return services;
}

Deno.test("nmapXml gives Metasploit's importer the hosts that are up, with their ports", async () => {
  const tcp = await textOf(nmapXml, [OPEN, CLOSED, UNREACHED, OPEN6]);
  assert.deepEqual(metasploitServices(tcp), [
    { host: "192.0.2.9", proto: "tcp", port: "443", state: "open" },
    { host: "192.0.2.10", proto: "tcp", port: "80", state: "closed" },
    { host: "2001:db8::9", proto: "tcp", port: "443", state: "open" },
  ]);
  const udp = await textOf(nmapXml, [DATAGRAM, NO_PORT], { probe: UDP });
  assert.deepEqual(metasploitServices(udp), [
    { host: "192.0.2.11", proto: "udp", port: "53", state: "open" },
  ]);
  // It takes no host without ports, as those of nmap -sn.
  assert.deepEqual(
    metasploitServices(await textOf(nmapXml, [OPEN], { ports: [] })),
    [],
  );
});
