import assert from "node:assert/strict";
import { ConfigError } from "../base/mod.ts";
import { makeCounters, SEND, SEND_SLOTS } from "../shm/mod.ts";
import {
  LINK_TYPE_ETHERNET,
  LINK_TYPE_RAW,
  pcapFileHeader,
  writePcapRecordHeader,
} from "../wire/mod.ts";
import { prepareProbeCapture, probeCaptureFault } from "./probe_capture.ts";

const HEADER = pcapFileHeader(LINK_TYPE_ETHERNET);

/** A file with so many packets of 60 bytes, and `torn` bytes of another. */
function fileOf(packets: number, torn: number): Uint8Array {
  const bytes = new Uint8Array(HEADER.length + packets * 76 + torn);
  bytes.set(HEADER);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < packets; i++) {
    writePcapRecordHeader(view, HEADER.length + i * 76, i, 0, 60, 60);
  }
  const at = HEADER.length + packets * 76;
  if (torn >= 16) writePcapRecordHeader(view, at, 9, 0, 60, 60);
  return bytes;
}

Deno.test("prepareProbeCapture() begins a file anew, and cuts one that goes on behind its last whole packet", () => {
  const directory = Deno.makeTempDirSync({ prefix: "pacemap-test-" });
  const path = `${directory}/probes.pcap`;
  try {
    const linkType = LINK_TYPE_ETHERNET;
    Deno.writeTextFileSync(path, "something else, and longer than a header");
    prepareProbeCapture(path, { linkType, isResumed: false });
    assert.deepEqual(Deno.readFileSync(path), HEADER);
    for (
      const [packets, torn] of [[0, 0], [3, 0], [3, 5], [2, 70], [20_000, 30]]
    ) {
      Deno.writeFileSync(path, fileOf(packets!, torn!));
      prepareProbeCapture(path, { linkType, isResumed: true });
      assert.equal(Deno.statSync(path).size, HEADER.length + packets! * 76);
    }
    Deno.removeSync(path);
    prepareProbeCapture(path, { linkType, isResumed: true });
    assert.deepEqual(Deno.readFileSync(path), HEADER);
    assert.throws(
      () =>
        prepareProbeCapture(path, { linkType: LINK_TYPE_RAW, isResumed: true }),
      ConfigError,
    );
    assert.throws(
      () => prepareProbeCapture(`${path}/no`, { linkType, isResumed: false }),
      ConfigError,
    );
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("probeCaptureFault() adds up what all senders could not write", () => {
  const senders = [0, 1].map(() => ({ counters: makeCounters(SEND_SLOTS) }));
  assert.equal(probeCaptureFault("a", senders), null);
  for (const { counters } of senders) counters[SEND.notCaptured] = 600;
  assert.match(probeCaptureFault("a", senders)!, /^"a" lacks 1,200 probes/);
});
