import assert from "node:assert/strict";
import type {
  AnswerFacts,
  NetworkNews,
  NextHopClaim,
  OutageOrders,
} from "./outage_facts.ts";
import type { WatchedHop } from "./next_hop_watch.ts";
import { Outages } from "./outages.ts";

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
const NO_CLAIMS: readonly NextHopClaim[] = [];

/** A course of `Outages` on a clock of its own. */
class Course {
  readonly outages: Outages;
  #nowS = 0;

  constructor(
    { hops = [HOP] as readonly WatchedHop[], isSplit = false, waitS = WAIT_S } =
      {},
  ) {
    this.outages = new Outages(hops, { isSplit, waitS });
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
      moves: [],
      remark: null,
      isNeighbourChanged: false,
      claims: [],
      ...news,
    }, {
      nowS: this.#nowS,
      isSending: true,
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

const HOPS = [HOP, { address: 0xc00002fd, mac: MAC }];

/** Two next hops, both of which have answered; the first one does whenever it is asked. */
class SplitCourse extends Course {
  #asked: readonly number[] = [];
  #heardS: readonly number[] = [];

  constructor() {
    super({ hops: HOPS, isSplit: true });
    this.step([0, 1]);
    this.step([0, 1]);
    assert.equal(this.outages.isConfirmed, true);
  }

  /** When the second was last heard. */
  get heardS(): number {
    return this.#heardS[1]!;
  }

  /** A look at which these answer that were asked at the last one. */
  step(answering: readonly number[], claims = NO_CLAIMS): OutageOrders {
    const heard = this.#asked.filter((hop) => answering.includes(hop));
    const orders = this.look({
      claims: [...heard.map((hop) => ({ hop, mac: MAC })), ...claims],
    });
    if (heard.includes(1)) this.#heardS = [0, this.nowS];
    this.#asked = orders.ask;
    return orders;
  }
}

Deno.test("Outages.update() asks each of several next hops about every second", () => {
  const course = new SplitCourse();
  const counts = [0, 0];
  for (let step = 0; step < 200; step++) {
    for (const hop of course.step([0, 1]).ask) counts[hop]!++;
  }
  for (const count of counts) assert.ok(count >= 8 && count <= 10, `${count}`);
  assert.equal(course.outages.isSuspected, false);
});

Deno.test("Outages.update() finds that one of several next hops has moved while others answer, and takes back what was sent since it was there", () => {
  const course = new SplitCourse();
  course.until(() => false, () => course.step([0, 1]), 7);
  course.until(({ ask }) => ask.includes(1), () => course.step([0]));
  course.step([0], [{ hop: 1, mac: OTHER_MAC }]);
  const orders = course.until(
    ({ take }) => take.length > 0,
    () => course.step([0]),
  );
  assert.deepEqual(orders?.take, [{ hop: 1, mac: OTHER_MAC }]);
  const backS = course.heardS - orders.lost!.sinceS!;
  assert.ok(backS > 0 && backS < 0.5, `${backS}`);
  assert.equal(course.outages.isHeld, false);
});

Deno.test("Outages.update() waits for one of several next hops that is gone for long, though others answer", () => {
  const course = new SplitCourse();
  course.until(() => false, () => course.step([0, 1]), 7);
  const goneS = course.nowS;
  const orders = course.until(
    ({ warnings }) => warnings.length > 0,
    () => course.step([0]),
    60,
  );
  assert.match(orders!.warnings[0]!, /192\.0\.2\.253 does not answer ARP/);
  assert.ok(course.nowS - goneS > 5, "no chance");
  assert.ok(orders!.lost!.sinceS! < course.heardS);
  assert.equal(course.outages.isHeld, true);
  course.until(() => !course.outages.isHeld, () => course.step([0, 1]));
  assert.equal(course.outages.isHeld, false);
});

Deno.test("Outages.update() pauses until a gateway answers to which the route leads now", () => {
  const course = new Course().begin();
  const moves = [{ hop: 0, address: 0xc00002fd }];
  const { ask, lost, warnings } = course.look({ moves });
  assert.deepEqual(warnings, [
    "the route to targets behind gateway 192.0.2.254 leads to gateway 192.0.2.253 now: sending pauses",
  ]);
  assert.deepEqual(ask, [0]);
  assert.ok(lost!.sinceS! < course.nowS);
  assert.equal(course.outages.isHeld, true);
  const { notes, take } = course.look({
    claims: [{ hop: 0, mac: OTHER_MAC }],
  });
  assert.deepEqual(take, [{ hop: 0, mac: OTHER_MAC }]);
  assert.match(notes[0]!, /192\.0\.2\.253 is at 02:00:00:00:00:02/);
  assert.equal(course.outages.isHeld, false);
  assert.deepEqual(course.outages.list.map(({ cause }) => cause), ["route"]);
});

Deno.test("Outages.update() says once that a route leads elsewhere, where nobody has to wait for that", () => {
  const moves = [{ hop: 0, address: 0xc00002fd }];
  const byKernel = new Course({ hops: [{ ...HOP, mac: null }] });
  byKernel.look();
  const sent = new Course().begin();
  for (
    const orders of [
      byKernel.look({ moves }),
      sent.look({ moves }, { isSending: false }),
    ]
  ) {
    assert.match(orders.warnings[0]!, /leads to gateway 192\.0\.2\.253 now$/);
  }
  for (const { outages } of [byKernel, sent]) {
    assert.equal(outages.isHeld, false);
    assert.equal(outages.list.length, 1);
  }
  const remark = "no route leads to them";
  assert.deepEqual(sent.look({ remark }).warnings, [remark]);
  const sinceS = sent.nowS;
  for (let step = 0; step < 100; step++) {
    assert.deepEqual(sent.look({ remark }).warnings, []);
  }
  const { lost } = sent.look({ moves });
  assert.ok(lost!.sinceS! < sinceS, "whatever was sent without a route");
});

Deno.test("Outages.update() does not wait for a next hop once all is sent", () => {
  const course = new SplitCourse();
  for (let step = 0; step < 1000; step++) {
    course.look({}, { isSending: false });
  }
  assert.deepEqual(course.outages.list, []);
});

Deno.test("Outages.update() names the requests of IPv6", () => {
  const course = new Course({ hops: [{ ...HOP, address: 0xfe80n << 112n }] })
    .begin();
  const { warnings } = course.until(
    ({ warnings }) => warnings.length > 0,
    () => course.look({}, { isSilent: true }),
  )!;
  assert.match(warnings[0]!, /gateway fe80:: does not answer neighbour solici/);
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
