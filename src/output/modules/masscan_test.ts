import assert from "node:assert/strict";
import type { OutputModule } from "../output_module.ts";
import {
  CLOSED,
  contextOf,
  DATAGRAM,
  encodeAll,
  NO_PORT,
  OPEN,
  OPEN6,
  textOf,
  UDP,
  UNREACHED,
} from "./_test_answers.ts";
import { masscanGrepable } from "./masscan_grepable.ts";
import { masscanJson } from "./masscan_json.ts";
import { masscanList } from "./masscan_list.ts";
import { masscanNdjson } from "./masscan_ndjson.ts";
import { masscanXml } from "./masscan_xml.ts";

// What masscan 1.3.2 --readscan --show open,closed makes of the same results.
const JSON_ROWS = [
  '{   "ip": "192.0.2.9",   "timestamp": "1700000000", "ports": [ {"port": 443, "proto": "tcp", "status": "open", "reason": "syn-ack", "ttl": 52} ] }\n',
  '{   "ip": "192.0.2.10",   "timestamp": "1700000000", "ports": [ {"port": 80, "proto": "tcp", "status": "closed", "reason": "rst-ack", "ttl": 51} ] }\n',
];

Deno.test("masscanJson writes the array of masscan -oJ, and an empty one", async () => {
  assert.equal(
    await textOf(masscanJson, [OPEN, CLOSED]),
    `[\n${JSON_ROWS[0]},\n${JSON_ROWS[1]}]\n`,
  );
  assert.equal(await textOf(masscanJson, []), "[\n]\n");
});

Deno.test("masscanNdjson, masscanList and masscanGrepable write the lines of masscan", async () => {
  assert.equal(
    await textOf(masscanNdjson, [OPEN, OPEN6]),
    '{"ip":"192.0.2.9","timestamp":"1700000000","port":443,"proto":"tcp","rec_type":"status","data":{"status":"open","reason":"syn-ack","ttl":52}}\n' +
      '{"ip":"2001:db8::9","timestamp":"1700000000","port":443,"proto":"tcp","rec_type":"status","data":{"status":"open","reason":"syn-ack","ttl":52}}\n',
  );
  assert.equal(
    await textOf(masscanList, [OPEN, CLOSED, UNREACHED, OPEN6]),
    `#masscan
open tcp 443 192.0.2.9 1700000000
closed tcp 80 192.0.2.10 1700000000
unknown tcp 22 192.0.2.12 1700000000
open tcp 443 2001:db8::9 1700000000
# end
`,
  );
  assert.equal(
    await textOf(masscanList, [DATAGRAM, NO_PORT], { probe: UDP }),
    "#masscan\nopen udp 53 192.0.2.11 1700000000\nclosed udp 53 192.0.2.12 1700000000\n# end\n",
  );
  assert.match(
    await textOf(masscanGrepable, [OPEN], { ports: [443, 81, 80] }),
    /^# Masscan \(pacemap 0\.1\.0\) scan initiated \w{3} \w{3} [ 0-9]\d \d\d:\d\d:\d\d \d{4}\n# Ports scanned: TCP\(3;80-81,443\) UDP\(0;\) SCTP\(0;\) PROTOCOLS\(0;\)\nTimestamp: 1700000000\tHost: 192\.0\.2\.9 \(\)\tPorts: 443\/open\/tcp\/\/unknown\/\/\n# Masscan done at /,
  );
});

Deno.test("masscanXml writes the document of masscan -oX", async () => {
  const text = await textOf(masscanXml, [OPEN, CLOSED, OPEN6]);
  const lines = text.split("\r\n");
  assert.match(
    lines[2]!,
    /^<nmaprun scanner="masscan" start="\d+" version="1.0-BETA" {2}xmloutputversion="1.03">$/,
  );
  assert.deepEqual(lines.slice(3, 7), [
    '<scaninfo type="syn" protocol="tcp" />',
    '<host endtime="1700000000"><address addr="192.0.2.9" addrtype="ipv4"/><ports><port protocol="tcp" portid="443"><state state="open" reason="syn-ack" reason_ttl="52"/></port></ports></host>',
    '<host endtime="1700000000"><address addr="192.0.2.10" addrtype="ipv4"/><ports><port protocol="tcp" portid="80"><state state="closed" reason="rst-ack" reason_ttl="51"/></port></ports></host>',
    '<host endtime="1700000000"><address addr="2001:db8::9" addrtype="ipv6"/><ports><port protocol="tcp" portid="443"><state state="open" reason="syn-ack" reason_ttl="52"/></port></ports></host>',
  ]);
  assert.match(
    text,
    /<hosts up="2" down="1" total="3" \/>\r\n<\/runstats>\r\n<\/nmaprun>\r\n$/,
  );
});

Deno.test("formats of masscan go on where an earlier run was cut, with all of its counts", async () => {
  const modules: OutputModule[] = [
    masscanGrepable,
    masscanJson,
    masscanList,
    masscanNdjson,
    masscanXml,
  ];
  for (const module of modules) {
    const first = await module.open(contextOf(module));
    first.append(OPEN);
    const { bytes, rows } = first.take();
    assert.equal(rows, 1, module.name);
    const later = await module.open(
      contextOf(module, {
        keptBytes: bytes.length,
        memory: first.memory ?? [],
      }),
    );
    const rest = new TextDecoder().decode(encodeAll(later, [CLOSED]));
    const both = new TextDecoder().decode(bytes) + rest;
    const times =
      /\w{3} \w{3} .\d \d\d:\d\d:\d\d \d{4}|\d{10}|elapsed="\d+"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g;
    assert.equal(
      both.replace(times, ""),
      (await textOf(module, [OPEN, CLOSED])).replace(times, ""),
      module.name,
    );
  }
});
