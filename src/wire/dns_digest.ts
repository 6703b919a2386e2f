// HOT PATH: runs once per answer to a DNS query.

import {
  DNS_COUNTS,
  DNS_FLAGS,
  DNS_HEADER_BYTES,
  DNS_RESPONSE_CODE,
} from "./dns.ts";

/** Type and class of a question. */
const QUESTION_TAIL_BYTES = 4;
/** Type, class, time to live and length of the data of a record (RFC 1035 section 4.1.3), and where the length is. */
const RECORD_TAIL_BYTES = 10;
const DATA_BYTES = 8;
/** A name ends with a label of no bytes, or with a pointer of two bytes, whose upper two bits are set. */
const POINTER = 0xc0;
const POINTER_BYTES = 2;
/** 32-bit FNV-1a. */
const FNV_OFFSET = 0x811c_9dc5;
const FNV_PRIME = 0x0100_0193;

/**
 * A 32-bit digest of what the message from `at` to `end` answers: its response code, and the types and data of its
 * answers in any order. Times to live, which count down, and further sections do not matter. A message that breaks off
 * counts as far as it can be read.
 */
export function dnsAnswerDigest(
  view: DataView,
  at: number,
  end: number,
): number {
  if (end - at < DNS_HEADER_BYTES) return 0;
  let digest = view.getUint16(at + DNS_FLAGS) & DNS_RESPONSE_CODE;
  let from = at + DNS_HEADER_BYTES;
  const questions = view.getUint16(at + DNS_COUNTS);
  for (let i = 0; i < questions && from >= 0; i++) {
    from = behindName(view, from, end);
    if (from >= 0) from += QUESTION_TAIL_BYTES;
  }
  const answers = view.getUint16(at + DNS_COUNTS + 2);
  for (let i = 0; i < answers && from >= 0; i++) {
    from = behindName(view, from, end);
    if (from < 0 || from + RECORD_TAIL_BYTES > end) break;
    const dataAt = from + RECORD_TAIL_BYTES;
    const dataEnd = dataAt + view.getUint16(from + DATA_BYTES);
    if (dataEnd > end) break;
    const type = view.getUint16(from);
    digest = (digest + hashOf(view, dataAt, dataEnd, type)) | 0;
    from = dataEnd;
  }
  return digest >>> 0;
}

/** The offset behind a name, whatever its pointers lead to; -1 when it does not end before `end`. */
function behindName(view: DataView, from: number, end: number): number {
  for (let at = from; at < end;) {
    const length = view.getUint8(at);
    if (length === 0) return at + 1;
    if (length >= POINTER) {
      return at + POINTER_BYTES <= end ? at + POINTER_BYTES : -1;
    }
    at += 1 + length;
  }
  return -1;
}

function hashOf(
  view: DataView,
  from: number,
  end: number,
  type: number,
): number {
  let hash = Math.imul(FNV_OFFSET ^ type, FNV_PRIME);
  for (let at = from; at < end; at++) {
    hash = Math.imul(hash ^ view.getUint8(at), FNV_PRIME);
  }
  // Sums of what is mixed badly would be equal too often (MurmurHash3, Appleby).
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}
