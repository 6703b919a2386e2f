import type { SinkFacts } from "./byte_sink.ts";

/** What others have done to a file that is written here. */
export class FileFate {
  /** Bytes that were written and that somebody else has cut since. */
  missingBytes = 0;
  isDeleted = false;
  /** The path leads to another file by now, or to none. */
  isMoved = false;

  /** Learns how the file is, when so many bytes were written to it. */
  note(facts: SinkFacts, writtenBytes: number): void {
    const expected = writtenBytes - this.missingBytes;
    this.missingBytes += Math.max(0, expected - facts.lengthBytes);
    this.isDeleted ||= facts.isDeleted;
    this.isMoved = facts.isMoved;
  }
}
