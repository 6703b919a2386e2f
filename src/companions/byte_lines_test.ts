import assert from "node:assert/strict";
import fc from "fast-check";
import { type ByteSource, eachLine, readLines } from "./byte_lines.ts";

/** Gives a text in pieces of these lengths, over and over. */
function source(text: string, lengths: readonly number[]): ByteSource {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  let turn = 0;
  return {
    read: (buffer) => {
      if (at === bytes.length) return Promise.resolve(null);
      const piece = bytes.subarray(at, at + lengths[turn++ % lengths.length]!);
      buffer.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length);
    },
  };
}

async function linesOf(
  text: string,
  lengths: readonly number[],
): Promise<string[]> {
  const lines: string[] = [];
  await readLines(source(text, lengths), (bytes, end) => {
    eachLine(bytes, end, (from, to) => {
      lines.push(new TextDecoder().decode(bytes.subarray(from, to)));
    });
    return Promise.resolve();
  });
  return lines;
}

Deno.test("eachLine() ends lines with LF, CR LF and CR alone, in whatever pieces they come", async () => {
  const anyText = fc.string({ unit: fc.constantFrom("a", "\r", "\n", "\r\n") });
  const anyLengths = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(anyText, anyLengths, async (text, lengths) => {
      const expected = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
      assert.deepEqual(await linesOf(text, lengths), expected);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("eachLine() passes through a long text without line feeds once", async () => {
  const text = "10.0.0.1\r".repeat(100_000);
  assert.equal((await linesOf(text, [1 << 18])).length, 100_000);
});
