import assert from "node:assert/strict";
import { parsePorts } from "./ports.ts";

Deno.test("parsePorts() keeps the order and drops repeats", () => {
  assert.deepEqual([...parsePorts("443,80,8000-8003,8002,80,0,65535")], [
    443,
    80,
    8000,
    8001,
    8002,
    8003,
    0,
    65535,
  ]);
  assert.deepEqual([...parsePorts("80-80")], [80]);
});

Deno.test("parsePorts() takes blanks and empty entries as ZMap does, and names of ports", () => {
  assert.deepEqual([...parsePorts(" 80, 443 ,")], [80, 443]);
  assert.deepEqual([...parsePorts("80,,81\t")], [80, 81]);
  assert.deepEqual([...parsePorts("21 - 23")], [21, 22, 23]);
  assert.deepEqual([...parsePorts("https,HTTP-alt,ssh,22,ms-wbt-server")], [
    443,
    8080,
    22,
    3389,
  ]);
  assert.equal(parsePorts(" * ").length, 65_536);
});

Deno.test("parsePorts() reads * as all ports", () => {
  const ports = parsePorts("*");
  assert.equal(ports.length, 65_536);
  assert.ok(ports.every((port, index) => port === index));
  assert.deepEqual(parsePorts("0-65535,1,2,3"), ports);
});

for (
  const [text, error, quoted] of [
    ["", SyntaxError, '""'],
    [",", SyntaxError, '","'],
    [" , ,", SyntaxError, '" , ,"'],
    ["htps", SyntaxError, '"htps": no port of this name is known'],
    ["foo-bar", SyntaxError, '"foo-bar": no port of this name'],
    [
      "T:80",
      SyntaxError,
      '"T:80": the protocol follows from the kind of probe',
    ],
    ["U:53", SyntaxError, "-M udp -p 53"],
    ["tcp:80", SyntaxError, '"tcp:80": the protocol follows'],
    ["80/tcp", SyntaxError, '"80/tcp": give the number alone'],
    ["80;443", SyntaxError, '"80;443": ports are separated by commas'],
    ["80 443", SyntaxError, '"80 443": ports are separated by commas'],
    ["-5", SyntaxError, '"-5": a range has two ends'],
    ["5-", SyntaxError, '"5-"'],
    ["1-2-3", SyntaxError, '"1-2-3"'],
    ["all", SyntaxError, '"all": all ports are written *'],
    ["80:90", SyntaxError, '"80:90": a range has a hyphen: 80-90'],
    ["80..90", SyntaxError, '"80..90": a range has a hyphen: 80-90'],
    ["0x50", SyntaxError, '"0x50"'],
    ["080", SyntaxError, '"080"'],
    ["80-081", SyntaxError, '"80-081"'],
    ["8e1", SyntaxError, '"8e1"'],
    ["80,*", SyntaxError, '"*"'],
    ["80-22", RangeError, '"80-22"'],
    ["70000", RangeError, '"70000"'],
    ["65535-65536", RangeError, '"65535-65536"'],
    ["99999999999999999999", RangeError, '"99999999999999999999"'],
  ] as const
) {
  Deno.test(`parsePorts() rejects "${text}"`, () => {
    assert.throws(
      () => parsePorts(text),
      (thrown: Error) =>
        thrown instanceof error && thrown.message.includes(quoted),
    );
  });
}
