import assert from "node:assert/strict";
import { canonicalName } from "./host_names.ts";

const HOSTS = `# host2 in a comment
127.0.0.1\tlocalhost
192.0.2.1 scan.example.org  Scan # host3
::1 localhost6
`;

Deno.test("canonicalName() is the first name of the line that has the name", () => {
  assert.equal(canonicalName("scan", HOSTS), "scan.example.org");
  assert.equal(canonicalName("localhost", HOSTS), "localhost");
});

Deno.test("canonicalName() is null where no line has the name", () => {
  for (const name of ["host2", "host3", "192.0.2.1", "example", ""]) {
    assert.equal(canonicalName(name, HOSTS), null, name);
  }
  assert.equal(canonicalName("scan", ""), null);
});
