import assert from "node:assert/strict";
import { planOf, tallyOf, viewAt } from "./_test_scan.ts";
import { ScanBook } from "./scan_book.ts";

const HOURS_10 = 36_000;
const MOST_BYTES = 3_000_000;
/** All that is routed, about. */
const PREFIXES = [
  "1.0.0.0/8",
  "2.0.0.0/7",
  "4.0.0.0/6",
  "8.0.0.0/7",
  "11.0.0.0/8",
  "12.0.0.0/6",
  "16.0.0.0/4",
  "32.0.0.0/3",
  "64.0.0.0/3",
  "96.0.0.0/4",
  "112.0.0.0/5",
  "120.0.0.0/6",
  "128.0.0.0/3",
  "160.0.0.0/5",
  "168.0.0.0/6",
  "173.0.0.0/8",
  "176.0.0.0/4",
  "192.0.0.0/9",
  "193.0.0.0/8",
  "194.0.0.0/7",
  "196.0.0.0/6",
  "200.0.0.0/5",
  "208.0.0.0/4",
];

function* hosts(count: number): Generator<number> {
  let state = 12345;
  const next = (): number =>
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  while (count-- > 0) {
    // Some networks are dense, most are not.
    const network = next() % 7 === 0 ? 0x5000_0000 : next();
    yield ((network & 0xff00_0000) | (next() >>> 8)) >>> 0;
  }
}

function dataOf(page: string): { map: object; series: { length: number } } {
  const found = /<script type="application\/json" id="data">([^<]*)</.exec(
    page,
  );
  return JSON.parse(found![1]!);
}

Deno.test("ScanBook makes a report of ten hours over the whole Internet that is small", () => {
  const { answered } = tallyOf(hosts(600_000));
  const book = new ScanBook({
    plan: planOf(...PREFIXES),
    answered,
    hasPositions: true,
  });
  for (let second = 1; second < HOURS_10; second++) book.update(viewAt(second));
  const page = book.report(viewAt(HOURS_10), {
    report: { findings: [], facts: [] },
    uncovered: [{ first: 1_000_000, end: 3_500_000 }],
  });
  const bytes = new TextEncoder().encode(page).length;
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
  assert.ok(bytes > 500_000, `${bytes} bytes`);
  const { series } = dataOf(page);
  assert.ok(series.length > 1000 && series.length <= 2000);
  // Nothing of it comes from elsewhere.
  assert.doesNotMatch(page, /(?:src|href)="(?!#|data:)/);
});

Deno.test("ScanBook's map has each host that answered, whatever the part", () => {
  const addresses = [0xc6120001, 0xc6120002, 0xc6130109, 0xc6120301];
  const book = new ScanBook({
    plan: planOf("198.18.0.0/15"),
    answered: tallyOf(addresses).answered,
    hasPositions: true,
  });
  book.update(viewAt(1));
  assert.equal(book.map("198.18.0.0"), book.map("198.18.0.0/24"));
  assert.equal(book.map("x"), null);
  const { answered, block_bits, planned } = JSON.parse(
    book.map("198.18.0.0/16")!,
  );
  assert.equal(block_bits, 24);
  assert.notEqual(answered, planned);
});

Deno.test("ScanBook has no map where there is no target of IPv4", () => {
  const { answered } = tallyOf([]);
  const book = new ScanBook({ plan: null, answered, hasPositions: true });
  assert.equal(book.map("0.0.0.0/0"), null);
  assert.doesNotMatch(book.page(viewAt(1)), /id="map"/);
});
