import assert from "node:assert/strict";
import type { PacketSink } from "../backend/mod.ts";
import { TwoSinks } from "./two_sinks.ts";

/** Says what it is offered, and takes what `answer` says. */
class LoggedSink implements PacketSink {
  readonly view: DataView = new DataView(new ArrayBuffer(64));
  readonly capacity: number;
  readonly #name: string;
  readonly #log: string[];
  answer: (count: number) => number = (count) => count;

  constructor(name: string, capacity: number, log: string[]) {
    this.#name = name;
    this.capacity = capacity;
    this.#log = log;
  }

  begin(most: number): number {
    return most;
  }
  frameAt(slot: number): number {
    return slot;
  }
  setFrame(slot: number, lengthBytes: number, destination: number): void {
    this.#log.push(`${this.#name}: ${slot} ${lengthBytes} ${destination}`);
  }
  send(first: number, count: number): number {
    this.#log.push(`${this.#name}: ${first}+${count}`);
    return this.answer(count);
  }
  waitWritable(timeoutMs: number): boolean {
    this.#log.push(`${this.#name}: wait ${timeoutMs}`);
    return true;
  }
  drain(): number {
    return 1;
  }
  close(): void {
    this.#log.push(`${this.#name}: closed`);
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

/** Both sinks, with slots 0 and 3 to 5 of IPv4, 1 and 2 of IPv6. */
function makeSinks(): {
  readonly four: LoggedSink;
  readonly six: LoggedSink;
  readonly both: TwoSinks;
  readonly log: string[];
} {
  const log: string[] = [];
  const four = new LoggedSink("4", 8, log);
  const six = new LoggedSink("6", 6, log);
  const both = new TwoSinks(four, six);
  for (const slot of [0, 1, 3, 4, 5]) both.ipv4.setFrame(slot, 40, slot);
  for (const slot of [1, 2]) both.ipv6.setFrame(slot, 60, 0);
  log.length = 0;
  return { four, six, both, log };
}

Deno.test("TwoSinks.send() offers each frame to the sink of its family, in order", () => {
  const { both, log } = makeSinks();
  assert.equal(both.capacity, 6);
  assert.equal(both.ipv6.view === both.ipv4.view, false);
  assert.equal(both.send(0, 6), 6);
  assert.deepEqual(log, ["4: 0+1", "6: 1+2", "4: 3+3"]);
});

Deno.test("TwoSinks.send() stops at the first frame that is refused", () => {
  const { both, four, log, six } = makeSinks();
  six.answer = (): number => 1;
  assert.equal(both.send(0, 6), 2);
  assert.equal(both.waitWritable(0), true);
  six.answer = (): number => -105;
  assert.equal(both.send(0, 6), 1);
  assert.equal(both.send(1, 5), -105);
  six.answer = (count): number => count;
  four.answer = (): number => 0;
  assert.equal(both.send(1, 5), 2);
  assert.equal(both.waitWritable(20), true);
  assert.deepEqual(log, [
    ...["4: 0+1", "6: 1+2", "6: wait 0", "4: 0+1", "6: 1+2", "6: 1+2"],
    ...["6: 1+2", "4: 3+3", "4: wait 20"],
  ]);
  assert.equal(both.drain(1), 2);
});
