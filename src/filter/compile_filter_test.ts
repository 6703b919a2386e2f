import assert from "node:assert/strict";
import type { Column, Value } from "../base/mod.ts";
import { compileFilter, mayPass } from "./mod.ts";

type Fields = Readonly<Record<string, Value>>;

function column(name: string, type: Column<Fields>["type"]): Column<Fields> {
  return {
    name,
    type,
    description: "",
    read: (record) => record[name] ?? null,
  };
}

const COLUMNS = [
  column("saddr", "string"),
  column("classification", "string"),
  column("success", "bool"),
  column("repeat", "bool"),
  column("ttl", "int"),
  column("seqnum", "int"),
  column("rtt", "float"),
  column("data", "binary"),
  column("dns_answers", "repeated"),
];

const SYNACK: Fields = {
  saddr: "192.0.2.1",
  classification: "synack",
  success: true,
  repeat: false,
  ttl: 4,
  seqnum: 4_294_967_295,
  rtt: 1.5,
};

function passes(filter: string, record: Fields = SYNACK): boolean {
  return compileFilter(filter, COLUMNS)(record);
}

Deno.test("compileFilter() takes the expressions that ZMap documents", () => {
  assert.equal(passes("success = 1 && repeat = 0"), true);
  assert.equal(
    passes("classification = rst || (success = 1 && repeat = 0)"),
    true,
  );
  assert.equal(passes("ttl>=3&&ttl<=5"), true);
  assert.equal(passes("ttl>=3&&ttl<=5", { ttl: 6 }), false);
  assert.equal(passes("\tclassification\n!= rst "), true);
});

Deno.test("compileFilter() passes everything when it is empty", () => {
  assert.equal(passes(""), true);
  assert.equal(passes(" \t\n", {}), true);
});

Deno.test("compileFilter() binds && tighter than ||", () => {
  assert.equal(passes("ttl = 4 || ttl = 9 && ttl = 8"), true);
  assert.equal(passes("(ttl = 4 || ttl = 9) && ttl = 8"), false);
  assert.equal(passes("ttl = 9 && ttl = 8 || ttl = 4"), true);
});

Deno.test("compileFilter() stops at the part that decides", () => {
  const read: string[] = [];
  const spies = ["one", "two"].map((name) => ({
    ...column(name, "int"),
    read: () => {
      read.push(name);
      return 1;
    },
  }));
  assert.equal(compileFilter("one = 1 || two = 1", spies)({}), true);
  assert.equal(compileFilter("one = 2 && two = 1", spies)({}), false);
  assert.deepEqual(read, ["one", "one"]);
});

Deno.test("compileFilter() compares each way", () => {
  const truths: Record<string, boolean> = {
    "ttl = 4": true,
    "ttl != 4": false,
    "ttl < 4": false,
    "ttl <= 4": true,
    "ttl > 3": true,
    "ttl >= 5": false,
    "rtt > 1": true,
    "rtt = 1": false,
    "success > 0": true,
    "success = 2": false,
    "repeat = 0": true,
  };
  for (const [filter, truth] of Object.entries(truths)) {
    assert.equal(passes(filter), truth, filter);
  }
});

Deno.test("compileFilter() compares numbers of 64 bits exactly", () => {
  assert.equal(passes("seqnum > 2147483648"), true);
  assert.equal(passes("seqnum = 4294967295"), true);
  assert.equal(passes("seqnum < 18446744073709551615"), true);
  const record = { seqnum: 2 ** 53 };
  assert.equal(passes("seqnum = 9007199254740992", record), true);
  assert.equal(passes("seqnum = 9007199254740993", record), false);
  assert.equal(passes("seqnum != 9007199254740993", record), true);
  assert.equal(passes("seqnum < 9007199254740993", record), true);
  assert.equal(passes("ttl = 004"), true);
});

Deno.test("compileFilter() compares values above 2^53 exactly", () => {
  const record = { seqnum: 0xe6b4_1c2d_8000_0001n };
  assert.equal(passes("seqnum = 16623943106277933057", record), true);
  assert.equal(passes("seqnum = 16623943106277933056", record), false);
  assert.equal(passes("seqnum > 16623943106277933056", record), true);
});

Deno.test("compileFilter() takes nothing as different from everything", () => {
  for (const field of ["ttl", "success"]) {
    for (const comparison of ["=", "<", ">", "<=", ">="]) {
      assert.equal(passes(`${field} ${comparison} 0`, {}), false, comparison);
    }
    assert.equal(passes(`${field} != 0`, {}), true);
  }
  assert.equal(passes("classification = rst", {}), false);
  assert.equal(passes("classification != rst", {}), true);
});

Deno.test("compileFilter() takes quoted strings", () => {
  assert.equal(passes('saddr = "192.0.2.1"'), true);
  assert.equal(passes("saddr='192.0.2.1'"), true);
  assert.equal(passes('classification = ""', { classification: "" }), true);
  const record = { classification: "a \"b'\\ &&\n" };
  assert.equal(passes('classification = "a \\"b\'\\\\ &&\n"', record), true);
});

Deno.test("compileFilter() compares addresses and prefixes of both families", () => {
  const truths: readonly (readonly [string, string, boolean])[] = [
    ["saddr = 192.0.2.1", "192.0.2.1", true],
    ["saddr = 192.0.2.1", "192.0.2.10", false],
    ["saddr != 192.0.2.1", "192.0.2.10", true],
    ["saddr = 192.0.2.0/24", "192.0.2.255", true],
    ["saddr = 192.0.2.9/24", "192.0.2.255", true],
    ["saddr = 192.0.2.0/24", "192.0.3.0", false],
    ["saddr != 192.0.2.0/24", "192.0.2.255", false],
    ["saddr = 192.0.2.0/24", "192.0.2.300", false],
    ["saddr = 192.0.2.0/24", "192.0.2.01", false],
    ["saddr = 192.0.2.0/24", "192.0.2", false],
    ["saddr = 192.0.2.0/24", "c000:2ff::", false],
    ["saddr = 0.0.0.0/0", "255.255.255.255", true],
    ["saddr = 0.0.0.0/0", "2001:db8::1", false],
    ["saddr = 200.0.0.0/5", "207.255.255.255", true],
    ["saddr = 2001:DB8:0::1", "2001:db8::1", true],
    ["saddr = 2001:db8::1", "2001:db8::10", false],
    ["saddr = 2001:db8::/32", "2001:db8:ffff::1", true],
    ["saddr=2001:db8::/32&&saddr!=2001:db8::/48", "2001:db8:1::1", true],
    ["saddr = 2001:db8::/32", "2001:db9::1", false],
    ["saddr = fe80::/10", "febf::1", true],
    ["saddr = fe80::/10", "fec0::", false],
    ["saddr = ::/0", "ffff::", true],
    ["saddr = ::/0", "192.0.2.1", false],
    ["saddr = 2001:db8::/127", "2001:db8::1", true],
    ["saddr = 2001:db8::/127", "2001:db8::2", false],
    ["saddr = ::ffff:192.0.2.0/120", "::ffff:192.0.2.7", true],
    ["(saddr = ::1)", "::1", true],
  ];
  for (const [filter, saddr, truth] of truths) {
    assert.equal(passes(filter, { saddr }), truth, `${filter} of ${saddr}`);
  }
  assert.equal(passes("saddr = ::/0", {}), false);
  assert.equal(passes("saddr != ::/0", {}), true);
});

Deno.test("compileFilter() is no deeper than it has to be", () => {
  const chain = Array.from({ length: 20_000 }, (_, i) => `ttl != ${i + 9}`);
  assert.equal(passes(chain.join(" && ")), true);
  const nested = `${"(".repeat(100)}ttl = 4${")".repeat(100)}`;
  assert.equal(passes(nested), true);
});

/** Column and what is said, by filter. */
const ERRORS: readonly (readonly [string, number, RegExp])[] = [
  ["!success = 1", 1, /unexpected character "!"/],
  ["success == 1", 10, /one =/],
  ["saddr = ab.c", 11, /needs quotes, unless it is an address/],
  ["saddr = 1.2.3", 9, /1\.2\.3 is neither an address nor a prefix/],
  ["saddr = 1.2.3.256", 9, /neither an address/],
  ["saddr = 1.2.3.4.5", 9, /neither an address/],
  ["saddr = 1.2.3.0/33", 9, /neither an address/],
  ["saddr = 1.2.3.0/", 9, /neither an address/],
  ["saddr = 2001:db8::/129", 9, /neither an address/],
  ["saddr = 2001:db8", 9, /neither an address/],
  ["saddr = 1::2::3", 9, /neither an address/],
  ["saddr < 192.0.2.1", 7, /only = and !=/],
  ["ttl = 192.0.2.1", 7, /type int.*no number/],
  ["rtt > 1.5", 7, /no fraction/],
  ["1.2.3.4 = saddr", 1, /name of a field/],
  ["classification > rst", 16, /only = and !=/],
  ["a=1", 1, /unknown field "a"/],
  ["classification = x", 18, /needs quotes/],
  ["succes = 1", 1, /unknown field "succes"/],
  ["success = yes", 11, /type bool.*true is 1/],
  ["ttl = high", 7, /type int/],
  ["saddr = 5", 9, /type string/],
  ["saddr != 5", 10, /type string/],
  ["data = abcd", 1, /type binary/],
  ["dns_answers = 1", 1, /type repeated/],
  ["success", 8, /expected =/],
  ["success =", 10, /the end/],
  ["success = 1 &&", 15, /name of a field/],
  ["success = 1 && && ttl = 2", 16, /"&&"/],
  ["success = 1 & ttl = 2", 13, /&&/],
  ["success = 1 | ttl = 2", 13, /\|\|/],
  ["success = 1 ttl = 2", 13, /expected &&/],
  ["success = 1 and ttl = 2", 13, /expected &&/],
  ["(success = 1", 13, /"\)" of column 1/],
  ["success = 1)", 12, /nothing is open/],
  ["()", 2, /name of a field/],
  ["ttl = -1", 7, /negative/],
  ["ttl = 18446744073709551616", 7, /largest/],
  ["ttl = 0x10", 8, /expected &&/],
  ["ttl => 5", 6, /expected a number/],
  ["ttl <> 5", 6, /expected a number/],
  ['saddr = "192.0.2.1', 9, /no end/],
  ["1 = ttl", 1, /name of a field/],
  ["ttl\u00a0= 5", 4, /unexpected character/],
  ["ttl = 5;", 8, /unexpected character ";"/],
  ["ttl = 4 || \ud83d\ude00 = 1", 12, /unexpected character/],
  ["(".repeat(101), 101, /more than 100/],
];

Deno.test("compileFilter() points at the column of each error", () => {
  assert.ok(ERRORS.length >= 30);
  for (const [filter, at, about] of ERRORS) {
    assert.throws(() => passes(filter), (error) => {
      assert.ok(error instanceof SyntaxError, filter);
      assert.match(error.message, new RegExp(` at column ${at}: `), filter);
      assert.match(error.message, about, filter);
      return true;
    });
  }
});

Deno.test("mayPass() is false only where no record with these values passes", () => {
  const known = { success: [true], classification: ["synack", "open"] };
  const may = (filter: string): boolean => mayPass(filter, COLUMNS, known);
  for (
    const filter of [
      "",
      "success = 1",
      "ttl = 300",
      "success = 0 || ttl > 5",
      "classification = open && repeat = 1",
      "classification != synack",
    ]
  ) assert.ok(may(filter), filter);
  for (
    const filter of [
      "success = 0",
      "ttl > 5 && success != 1",
      "classification = rst || (success = 0 && ttl = 4)",
    ]
  ) assert.ok(!may(filter), filter);
  assert.throws(() => may("unknown = 1"), SyntaxError);
});
