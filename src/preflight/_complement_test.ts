import assert from "node:assert/strict";
import fc from "fast-check";
import { complementOf } from "./_complement.ts";

const prefix = fc.record({
  // Near both ends and in the middle, so that prefixes touch and overlap.
  address: fc.oneof(
    fc.integer({ min: 0, max: 1000 }),
    fc.integer({ min: 0x7fff_ff00, max: 0x8000_00ff }),
    fc.integer({ min: 0xffff_ff00, max: 0xffff_ffff }),
  ),
  prefixLength: fc.integer({ min: 22, max: 32 }),
});

function holds(
  prefixes: readonly { address: number; prefixLength: number }[],
  address: number,
): boolean {
  return prefixes.some((one) => {
    const size = 2 ** (32 - one.prefixLength);
    return Math.floor(one.address / size) === Math.floor(address / size);
  });
}

Deno.test("complementOf() holds exactly what the prefixes do not", () => {
  fc.assert(fc.property(fc.array(prefix, { maxLength: 6 }), (prefixes) => {
    const others = complementOf(prefixes);
    const edges = [...prefixes, ...others].flatMap(
      ({ address, prefixLength }) => {
        const size = 2 ** (32 - prefixLength);
        const first = address - address % size;
        return [first - 1, first, first + size - 1, first + size];
      },
    ).filter((address) => address >= 0 && address < 2 ** 32);
    for (const address of [0, 2 ** 32 - 1, ...edges]) {
      assert.notEqual(holds(prefixes, address), holds(others, address));
    }
  }));
});

Deno.test("complementOf() nothing is everything, and of everything nothing", () => {
  assert.deepEqual(complementOf([]), [{ address: 0, prefixLength: 0 }]);
  assert.deepEqual(complementOf([{ address: 7, prefixLength: 0 }]), []);
});
