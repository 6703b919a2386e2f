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
