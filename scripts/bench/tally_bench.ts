import { Tally } from "../../src/report/mod.ts";
import { makeRecordHead, RecordFlag } from "../../src/shm/mod.ts";

const tally = new Tally(["synack", "rst"]);
const head = makeRecordHead();
head.flags = RecordFlag.success;
head.targetPort = 443;
const view = new DataView(new ArrayBuffer(64));
let state = 1;

function record(address: number): void {
  head.targetAddress = address;
  tally.record(head, view, 0, 40);
}

view.setUint8(0, 0x45);
Deno.bench("Tally.record(), targets of a /15", () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  record(0xc612_0000 + (state >>> 15));
});

Deno.bench("Tally.record(), targets of the whole address space", () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  record(state);
});
