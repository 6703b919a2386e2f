import assert from "node:assert/strict";
import {
  type AnswerFacts,
  type NetworkNews,
  type OutageOrders,
  Outages,
} from "./outages.ts";

const MAC = Uint8Array.of(2, 0, 0, 0, 0, 1);
const OTHER_MAC = Uint8Array.of(2, 0, 0, 0, 0, 2);
const HOP = { address: 0xc00002fe, mac: MAC };
const WAIT_S = 600;
const DOWN = {
  cause: "link",
  text: "the link is down",
  isFinal: false,
} as const;
const DELAY_S = 0.1;

/** A course of `Outages` on a clock of its own. */
class Course {
  readonly outages: Outages;
  #nowS = 0;

  constructor({ hops = [HOP], waitS = WAIT_S } = {}) {
    this.outages = new Outages(hops, waitS);
  }

  /** The orders of the next look, 50 ms later. */
  look(
    news: Partial<NetworkNews> = {},
    facts: Partial<AnswerFacts> = {},
  ): OutageOrders {
    this.#nowS += 0.05;
    return this.outages.update({
      trouble: null,
      flap: null,
      isNeighbourChanged: false,
      claims: [],
      ...news,
    }, {
      nowS: this.#nowS,
      isSilent: false,
      isLossy: false,
      delayS: DELAY_S,
      ...facts,
    });
  }

  /** Looks until there are orders of a kind, or for so many seconds. */
  until(
    isWanted: (orders: OutageOrders) => boolean,
    look: () => OutageOrders,
    seconds = 10,
  ): OutageOrders | null {
    for (let step = 0; step < seconds * 20; step++) {
      const orders = look();
      if (isWanted(orders)) return orders;
    }
    return null;
  }

  /** Its next hop has answered at the start. */
  begin(): this {
    assert.deepEqual(this.look().ask, [0]);
    this.look({ claims: [{ hop: 0, mac: MAC }] });
    assert.equal(this.outages.isConfirmed, true);
    return this;
  }

  get nowS(): number {
    return this.#nowS;
  }
}

Deno.test("Outages.update() orders nothing while all is well", () => {
  const course = new Course().begin();
  const orders = course.until(
    ({ ask, end, lost, notes, take, warnings }) =>
      ask.length + notes.length + take.length + warnings.length > 0 ||
      lost !== null || end !== null,
    () => course.look(),
    100,
  );
  assert.equal(orders, null);
  assert.equal(course.outages.isSuspected, false);
});

Deno.test("Outages.update() finds a next hop that has moved when answers stop", () => {
  const course = new Course().begin();
  const silent = { isSilent: true };
  assert.deepEqual(
    course.until(
      ({ ask }) => ask.length > 0,
      () => course.look({}, silent),
    )?.ask,
    [0],
  );
  assert.equal(course.outages.isSuspected, true);
  assert.equal(course.outages.isHeld, false);
  course.look({ claims: [{ hop: 0, mac: OTHER_MAC }] }, silent);
  const orders = course.until(
    ({ take }) => take.length > 0,
    () => course.look({}, silent),
  );
  assert.deepEqual(orders?.take, [{ hop: 0, mac: OTHER_MAC }]);
  assert.deepEqual(orders.lost, { sinceS: null });
  course.look();
  assert.equal(course.outages.isSuspected, false);
  assert.equal(course.outages.list[0]!.cause, "gateway-mac");
});

Deno.test("Outages.update() asks when the kernel sees a next hop change, and when much is lost", () => {
  const course = new Course().begin();
  const ask = (news: Partial<NetworkNews>, facts: Partial<AnswerFacts>) =>
    course.until(({ ask }) => ask.length > 0, () => course.look(news, facts));
  assert.ok(ask({ isNeighbourChanged: true }, {}));
  course.look({ claims: [{ hop: 0, mac: MAC }] });
  assert.ok(ask({}, { isLossy: true }));
  course.look({ claims: [{ hop: 0, mac: MAC }] });
  assert.equal(ask({}, {}), null);
});

Deno.test("Outages.update() waits for a next hop that is gone, and goes on with it, wherever it is then", () => {
  for (const mac of [MAC, OTHER_MAC]) {
    const course = new Course().begin();
    const begun = course.until(
      ({ warnings }) => warnings.length > 0,
      () => course.look({}, { isSilent: true }),
    );
    assert.match(begun!.warnings[0]!, /192\.0\.2\.254 does not answer ARP/);
    assert.deepEqual(begun!.lost, { sinceS: null });
    assert.equal(course.outages.isHeld, true);
    const heldS = course.nowS;
    const asked = course.until(
      ({ ask }) => ask.length > 0,
      () => course.look(),
    );
    assert.ok(asked, "asks on, though nothing is sent that could be answered");
    course.look({ claims: [{ hop: 0, mac }] });
    course.until(() => !course.outages.isHeld, () => course.look(), 1);
    assert.equal(course.outages.isHeld, false);
    assert.equal(course.outages.list.length, 1);
    const [{ endS, startS }] = course.outages.list as [
      typeof course.outages.list[0],
    ];
    assert.equal(startS, heldS);
    assert.ok(endS! > heldS);
  }
});

Deno.test("Outages.update() does not wait for a next hop that never answered, or while answers come", () => {
  const never = new Course();
  never.until(() => false, () => never.look({}, { isSilent: true }), 60);
  assert.deepEqual(never.outages.list, []);
  const heard = new Course().begin();
  heard.until(() => false, () => heard.look({}, { isLossy: true }), 60);
  assert.deepEqual(heard.outages.list, []);
});

Deno.test("Outages.update() pauses while the link is down, and goes on when the next hop has answered", () => {
  const course = new Course().begin();
  const down = course.look({ trouble: DOWN });
  assert.deepEqual(down.warnings, ["the link is down: sending pauses"]);
  const { sinceS } = down.lost!;
  assert.ok(sinceS! < course.nowS - 2 * DELAY_S, "answers on their way count");
  assert.equal(course.outages.text, "the link is down");
  for (let step = 0; step < 100; step++) {
    const { ask, warnings } = course.look({ trouble: DOWN });
    assert.deepEqual([ask, warnings], [[], []]);
  }
  assert.deepEqual(course.look().ask, [0]);
  assert.equal(course.outages.isHeld, true);
  const back = course.look({ claims: [{ hop: 0, mac: MAC }] });
  assert.equal(course.outages.isHeld, false);
  assert.match(back.notes[0]!, /works again after 5\.\d s/);
  assert.ok(back.lost !== null);
});

Deno.test("Outages.update() goes on at once where there is no next hop to ask", () => {
  const course = new Course({ hops: [] });
  course.look({ trouble: DOWN });
  assert.equal(course.outages.isHeld, true);
  course.look();
  assert.equal(course.outages.isHeld, false);
});

Deno.test("Outages.update() names a next hop that stays away when the link is back", () => {
  const course = new Course().begin();
  course.look({ trouble: DOWN });
  const orders = course.until(
    ({ warnings }) => warnings.length > 0,
    () => course.look(),
  );
  assert.match(orders!.warnings[0]!, /does not answer ARP.*still pauses/);
  assert.deepEqual(course.outages.list.map(({ cause }) => cause), [
    "link",
    "gateway",
  ]);
});

Deno.test("Outages.update() ends after the time to wait, at once for none, and for what nothing mends", () => {
  const course = new Course({ waitS: 5 });
  const orders = course.until(
    ({ end }) => end !== null,
    () => course.look({ trouble: DOWN }),
  );
  assert.equal(orders!.end, "the link is down, for 5 s");
  const abort = new Course({ waitS: 0 });
  assert.equal(abort.look({ trouble: DOWN }).end, "the link is down");
  const final = {
    cause: "interface",
    text: "it is gone",
    isFinal: true,
  } as const;
  assert.equal(new Course().look({ trouble: final }).end, "it is gone");
});

Deno.test("Outages.update() sends again what a short interruption took", () => {
  const course = new Course().begin();
  const { lost, warnings } = course.look({ flap: "it was down" });
  assert.deepEqual(warnings, ["it was down"]);
  assert.ok(lost!.sinceS! < course.nowS);
  assert.equal(course.outages.isHeld, false);
  assert.equal(new Course({ waitS: 0 }).look({ flap: "down" }).end, "down");
});

Deno.test("Outages.confirm() asks again, and is content when it answers or gives up", () => {
  const course = new Course().begin();
  course.outages.confirm();
  assert.equal(course.outages.isConfirmed, false);
  course.until(({ ask }) => ask.length > 0, () => course.look());
  course.look({ claims: [{ hop: 0, mac: MAC }] });
  assert.equal(course.outages.isConfirmed, true);
  course.outages.confirm();
  course.until(() => course.outages.isConfirmed, () => course.look(), 5);
  assert.equal(course.outages.isConfirmed, true, "answers come without it");
});
