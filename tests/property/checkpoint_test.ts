import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CheckpointedScan,
  type Disk,
  LONGEST_STEP_S,
  type ScanShape,
  type Sent,
} from "./_checkpointed_scan.ts";

/** What happens in a scan, as numbers that the model makes something of. */
interface Event {
  readonly kind: number;
  readonly sender: number;
  readonly amount: number;
}

/** One life: what happens, and what is left of writes at its end. */
interface Life {
  /** Whether the power fails; else the program alone dies. */
  readonly isPowerCut: boolean;
  readonly events: readonly Event[];
  readonly chances: readonly number[];
}

/** Writes to the disk of one checkpoint. */
const WRITES = 8;

const event = fc.record({
  kind: fc.nat(99),
  sender: fc.nat(2),
  amount: fc.integer({ min: 1, max: 24 }),
});
const lives = fc.array(
  fc.record({
    isPowerCut: fc.boolean(),
    events: fc.array(event, { minLength: 1, maxLength: 120, size: "max" }),
    chances: fc.array(fc.nat(999).map((nat) => nat / 1000), {
      minLength: 1,
      maxLength: 9,
    }),
  }),
  { minLength: 1, maxLength: 5 },
);
const shape = fc.record({
  positions: fc.integer({ min: 1, max: 200 }),
  probes: fc.integer({ min: 1, max: 2 }),
  senders: fc.integer({ min: 1, max: 3 }),
  waitS: fc.constantFrom(0, 0.5, 3),
  salt: fc.nat(1000),
}).map(({ salt, ...rest }): ScanShape => ({
  ...rest,
  delayOf: (position) => {
    const hash = Math.imul(position + salt, 0x9e37_79b1) >>> 8;
    return hash % 4 === 0 ? null : rest.waitS * (hash % 100) / 99;
  },
}));

for (const hasOutages of [false, true]) {
  Deno.test(
    `a scan killed at any moments writes each answer once and sends to each target${
      hasOutages ? ", with outages in it" : "; twice only within the window"
    }`,
    async () => {
      await fc.assert(
        fc.asyncProperty(shape, lives, async (shape, lives) => {
          await liveThrough(shape, lives, hasOutages);
        }),
        { numRuns: 100 },
      );
    },
  );
}

async function liveThrough(
  shape: ScanShape,
  lives: readonly Life[],
  hasOutages: boolean,
): Promise<void> {
  let disk: Disk | null = null;
  let before: CheckpointedScan[] = [];
  let nowS = 0;
  for (const [life, { chances, events, isPowerCut }] of lives.entries()) {
    const scan = await CheckpointedScan.start(shape, { disk, life, nowS });
    before = [...before, scan];
    if (life > 0) {
      scan.checkpoint();
      for (let write = 0; write < WRITES; write++) await scan.disk();
    }
    let used = 0;
    for (const one of events) await happen(scan, one, hasOutages);
    const chance = (): number => chances[used++ % chances.length]!;
    disk = isPowerCut ? scan.crash(chance) : scan.kill(chance);
    nowS = scan.nowS;
  }
  const last = await CheckpointedScan.start(shape, {
    disk,
    life: lives.length,
    nowS,
  });
  before = [...before, last];
  last.release();
  while (!last.isSent) {
    last.feed(0, 1000);
    last.send(0, 1000, false);
  }
  last.nowS += shape.waitS;
  last.receive(Infinity);
  last.step(Infinity);
  checkAll(shape, before, last);
  checkFirstProbes(before);
  if (!hasOutages) checkWindow(before);
}

/** What is not known to be touched, no earlier life has probed: so its host was not asked again before. */
function checkFirstProbes(lives: readonly CheckpointedScan[]): void {
  const probed = new Set<number>();
  for (const { sent, touched } of lives) {
    const first = sent.filter(({ first, pass, probeNumber }) =>
      pass === 0 && probeNumber === 0 && !touched.has(first)
    );
    for (const one of first) assert.ok(!probed.has(one.first), "not the first");
    for (const one of sent) if (one.probeNumber === 0) probed.add(one.first);
  }
}

async function happen(
  scan: CheckpointedScan,
  { amount, kind, sender }: Event,
  hasOutages: boolean,
): Promise<void> {
  const one = sender % scan.shape.senders;
  if (kind < 15) scan.feed(one, amount);
  else if (kind < 35) scan.send(one, amount, hasOutages && kind < 18);
  else if (kind < 50) scan.receive(amount);
  else if (kind < 75) {
    scan.step(kind < 55 ? amount : Infinity);
    // No longer than this passes without a look.
    scan.nowS += LONGEST_STEP_S * amount / 24;
  } else if (kind < 82) scan.checkpoint(kind < 79);
  else await scan.disk();
}

function checkAll(
  { delayOf, positions, probes }: ScanShape,
  lives: readonly CheckpointedScan[],
  { rows }: CheckpointedScan,
): void {
  const wanted = Array.from({ length: positions }, (_, position) => position);
  const found = rows.split("\n").slice(0, -1).map(Number);
  assert.ok(rows === "" || rows.endsWith("\n"));
  assert.deepEqual(
    found.toSorted((a, b) => a - b),
    wanted.filter((position) => delayOf(position) !== null),
  );
  const sent = new Set(
    lives.flatMap(({ sent }) => sent).map((one) =>
      `${one.first}/${one.probeNumber}`
    ),
  );
  assert.equal(sent.size, positions * probes);
}

/** Whatever was sent twice was sent first when the state with which the next life began could not settle it yet. */
function checkWindow(lives: readonly CheckpointedScan[]): void {
  const { waitS } = lives[0]!.shape;
  const slackS = 2 * LONGEST_STEP_S + Math.max(waitS / 64, 0.02) + 1e-6;
  const latest = new Map<string, Sent>();
  for (const one of lives.flatMap(({ sent }) => sent)) {
    const key = `${one.first}/${one.probeNumber}`;
    const before = latest.get(key);
    latest.set(key, one);
    if (before === undefined) continue;
    assert.ok(before.life < one.life, "sent twice in one life");
    const { since } = lives[before.life + 1]!;
    const settledS = lives[before.life]!.settledIn(since);
    assert.ok(before.atS > settledS - slackS, "sent again although settled");
  }
}
