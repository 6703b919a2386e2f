import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import { checkSameJob, type JobPart } from "./job.ts";
import { digestOfValue, jobPart } from "./job_digest.ts";

const before = [
  jobPart({ option: "--target-ports", text: "80" }, [80]),
  jobPart({ option: "--blocklist-file" }, Uint8Array.of(1, 2)),
];

function refusal(now: readonly JobPart[]): ConfigError {
  try {
    checkSameJob("f.pacemap", before, now);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("Not refused");
}

Deno.test("checkSameJob() takes the same parts in any order, and names the one that differs", () => {
  checkSameJob("f.pacemap", before, before.toReversed());
  const [ports, blocklist] = before as [JobPart, JobPart];
  const others = jobPart({ option: "--target-ports", text: "80,81" }, [80, 81]);
  const error = refusal([others, blocklist]);
  assert.equal(error.option, "--target-ports");
  assert.equal(
    error.message,
    'Differs from the scan of checkpoint "f.pacemap": 80 there, 80,81 now',
  );
  const edited = jobPart({ option: "--blocklist-file" }, Uint8Array.of(1, 3));
  assert.equal(refusal([ports, edited]).option, "--blocklist-file");
  assert.match(refusal([ports, edited]).message, /"f\.pacemap"$/);
  assert.equal(refusal([ports]).option, "--blocklist-file");
  const targets = jobPart({ option: "TARGET" }, [1]);
  const causes = [
    { option: "--allowlist-file", digest: "a" },
    { option: "--blocklist-file", digest: "b" },
  ];
  const named = (digest: string, changed: JobPart): string => {
    const now = { ...changed, causes: [causes[0]!, { ...causes[1]!, digest }] };
    try {
      checkSameJob("f", [{ ...targets, causes }], [now]);
    } catch (error) {
      return error instanceof ConfigError ? error.option : String(error);
    }
    return "";
  };
  assert.equal(named("c", targets), "");
  assert.equal(
    named("c", jobPart({ option: "TARGET" }, [2])),
    "--blocklist-file",
  );
  assert.equal(named("b", jobPart({ option: "TARGET" }, [2])), "TARGET");
  const added = jobPart({ option: "--shard", text: "1" }, 1);
  assert.match(refusal([...before, added]).message, /nothing there, 1 now$/);
});

Deno.test("digestOfValue() tells values apart, not the order of keys", () => {
  const different = [
    null,
    undefined,
    0,
    "0",
    0n,
    false,
    "",
    [],
    {},
    [[]],
    ["a", "b"],
    ["ab"],
    ["a\nstring 1\nb"],
    { a: "b" },
    ["a", { b: 1 }],
    Uint8Array.of(0),
    Uint8Array.of(0, 0),
    Uint16Array.of(1, 2),
    Uint16Array.of(2, 1),
  ];
  const digests = new Set(different.map(digestOfValue));
  assert.equal(digests.size, different.length);
  assert.equal(digestOfValue({ a: 1, b: 2 }), digestOfValue({ b: 2, a: 1 }));
  assert.equal(
    digestOfValue({ a: 1, b: undefined }),
    digestOfValue({ a: 1 }),
  );
});

Deno.test("digestOfValue() reads shared columns, and only the part that a view shows", () => {
  const shared = new Uint32Array(new SharedArrayBuffer(4 << 20)).fill(7);
  assert.equal(digestOfValue(shared), digestOfValue(shared.slice()));
  assert.equal(
    digestOfValue(shared.subarray(1, 3)),
    digestOfValue(Uint32Array.of(7, 7)),
  );
});
