import assert from "node:assert/strict";
import fc from "fast-check";
import { computeTag, TAG_WORDS } from "./tag.ts";
import { TAG_BLOCK, TagBlock } from "./tag_block.ts";

const anyWord = fc.integer({ min: 0, max: 0xffff_ffff });
const anyKey = fc.tuple(anyWord, anyWord, anyWord, anyWord);
const anyProbe = fc.tuple(
  anyWord,
  anyWord,
  fc.integer({ min: 0, max: 0xffff }),
);

for (const vectors of [true, false]) {
  const what = vectors ? "with vectors" : "without vectors";
  Deno.test(`TagBlock makes the tags of computeTag(), ${what}`, () => {
    fc.assert(
      fc.property(
        anyKey,
        fc.array(fc.array(anyProbe, { maxLength: TAG_BLOCK, size: "max" }), {
          maxLength: 3,
        }),
        (words, blocks) => {
          const key = Uint32Array.from(words);
          const block = new TagBlock(key, { vectors });
          for (const probes of blocks) {
            fill(block, probes);
            block.compute(probes.length);
            check(block, key, probes);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  Deno.test(`TagBlock makes the tags of 0 to ${TAG_BLOCK} probes, ${what}`, () => {
    const key = Uint32Array.of(1, 0x8000_0000, 0xffff_ffff, 0x8765_4321);
    for (let count = 0; count <= TAG_BLOCK; count++) {
      const probes = Array.from(
        { length: count },
        (_, i) => [0xc000_0201, 0xffff_ffff - i, 1000 * i] as const,
      );
      const block = new TagBlock(key, { vectors });
      fill(block, probes);
      block.compute(count);
      check(block, key, probes);
    }
  });
}

function fill(
  block: TagBlock,
  probes: readonly (readonly [number, number, number])[],
): void {
  for (const [i, [source, destination, port]] of probes.entries()) {
    block.words[0][i] = source;
    block.words[1][i] = destination;
    block.words[2][i] = port;
  }
}

/** Fails unless each probe has its tag and is still there. */
function check(
  block: TagBlock,
  key: Uint32Array,
  probes: readonly (readonly [number, number, number])[],
): void {
  const tag = new Uint32Array(TAG_WORDS);
  for (const [i, [source, destination, port]] of probes.entries()) {
    computeTag(key, source, destination, port, tag);
    assert.deepEqual(block.tags.map((words) => words[i]), [...tag]);
    assert.deepEqual(
      block.words.map((words) => words[i]),
      [source, destination, port, 0],
    );
  }
}
