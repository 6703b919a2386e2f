import assert from "node:assert/strict";
import { outputFault } from "./output_fault.ts";

const WHOLE = {
  name: '"found.csv"',
  status: "closed",
  failure: null,
  discardedBytes: 0,
  discardedRows: 0,
  missingBytes: 0,
  missingRows: 0,
  isDeleted: false,
} as const;

Deno.test("outputFault() says what failed and how much is lost", () => {
  const failure = new Error("No space left on device (os error 28)");
  for (
    const [facts, fault] of [
      [{}, null],
      [
        {
          status: "failed",
          failure,
          discardedRows: 1200,
          discardedBytes: 9999,
        },
        'Cannot write "found.csv": No space left on device; 1,200 rows lost (9,999 bytes)',
      ],
      [
        { status: "failed", failure, discardedBytes: 1 },
        'Cannot write "found.csv": No space left on device; 1 byte lost',
      ],
      [
        { status: "failed", failure },
        'Cannot write "found.csv": No space left on device; nothing lost',
      ],
      [{ status: "reader-gone" }, null],
      [
        { status: "reader-gone", discardedRows: 1, discardedBytes: 12 },
        'The reader of "found.csv" has gone; 1 row lost (12 bytes)',
      ],
      [
        { isDeleted: true },
        '"found.csv" was deleted by someone else; what was written to it is lost',
      ],
      [
        { missingBytes: 3000, missingRows: 250 },
        '"found.csv" was cut by someone else: 3,000 bytes missing (about 250 rows)',
      ],
      [
        { name: "standard output", missingBytes: 2, missingRows: 1 },
        "Standard output was cut by someone else: 2 bytes missing (about 1 row)",
      ],
    ] as const
  ) assert.equal(outputFault({ ...WHOLE, ...facts }), fault);
});

Deno.test("outputFault() tells bytes alone of what has no rows", () => {
  const facts = { ...WHOLE, status: "reader-gone" } as const;
  assert.equal(
    outputFault({ ...facts, discardedRows: 1, discardedBytes: 500 }, false),
    'The reader of "found.csv" has gone; 500 bytes lost',
  );
});
