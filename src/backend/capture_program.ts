/**
 * Compiles filter expressions to programs of the kernel's classic packet filter, `<linux/filter.h>`, so that no
 * libpcap is needed. A program reads parts of a packet into register A, compares, and jumps forward; it ends by
 * returning how many bytes of the packet to keep, 0 to reject it. Reading behind the packet's end rejects it,
 * whatever else would be true, as with libpcap.
 *
 * Each test is compiled to code that jumps to one label where it is true and to another where it is false, so
 * `and` and `or` cost nothing by themselves.
 */
import * as f from "../../ffi/ring_constants.ts";
import { SOCK_FILTER } from "../../ffi/ring_layout.ts";
import {
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  IPV4_DESTINATION,
  IPV4_FRAGMENT,
  IPV4_PROTOCOL,
  IPV4_SOURCE,
  type LinkLayer,
  linkLayer,
} from "../wire/mod.ts";
import {
  type ArithmeticOperator,
  type CaptureNumber,
  type CaptureTest,
  parseCaptureFilter,
  type Relation,
} from "./capture_expression.ts";
import { type Label, ProgramWriter } from "./program_writer.ts";

const VERSION_MASK = 0xf0;
const VERSION_4 = 0x40;
const VERSION_6 = 0x60;
const FRAGMENT_OFFSET_MASK = 0x1fff;

const LOAD = f.BPF_LD | f.BPF_ABS;
const LOAD_BEHIND_X = f.BPF_LD | f.BPF_IND;
const LOAD_CONSTANT = f.BPF_LD | f.BPF_IMM;
const LOAD_LENGTH = f.BPF_LD | f.BPF_W | f.BPF_LEN;
const LOAD_STORED = f.BPF_LD | f.BPF_MEM;
const LOAD_STORED_TO_X = f.BPF_LDX | f.BPF_MEM;
/** X = 4 × (byte & 15): the length of an IPv4 header from its first byte. */
const LOAD_HEADER_LENGTH = f.BPF_LDX | f.BPF_B | f.BPF_MSH;
const A_TO_X = f.BPF_MISC | f.BPF_TAX;
const RETURN = f.BPF_RET | f.BPF_K;
const SIZES = { 1: f.BPF_B, 2: f.BPF_H, 4: f.BPF_W } as const;
const OPERATIONS: Readonly<Record<ArithmeticOperator, number>> = {
  "+": f.BPF_ADD,
  "-": f.BPF_SUB,
  "*": f.BPF_MUL,
  "&": f.BPF_AND,
  "|": f.BPF_OR,
  "<<": f.BPF_LSH,
  ">>": f.BPF_RSH,
};
/** Jump that a relation is made of, and whether it has to be false. */
const JUMPS: Readonly<Record<Relation, readonly [number, boolean]>> = {
  "=": [f.BPF_JEQ, true],
  "!=": [f.BPF_JEQ, false],
  ">": [f.BPF_JGT, true],
  "<=": [f.BPF_JGT, false],
  ">=": [f.BPF_JGE, true],
  "<": [f.BPF_JGE, false],
};

/** What a program is made for. */
export interface ProgramTarget {
  /** Link type of the packets, `<pcap/dlt.h>`. */
  readonly linkType: number;
  /** Bytes to keep of each packet that passes. */
  readonly snapLengthBytes: number;
}

/**
 * The program for an expression that `parseCaptureFilter` knows: `struct sock_filter` one after the other.
 *
 * @throws {SyntaxError} when it does not know it
 * @throws {RangeError} when the program would be longer than the kernel allows: more than 1,000 addresses
 */
export function captureProgram(
  expression: string,
  target: ProgramTarget,
): Uint8Array<ArrayBuffer> {
  const compiler = new Compiler(linkLayer(target.linkType));
  return compiler.compile(
    parseCaptureFilter(expression),
    target.snapLengthBytes,
  );
}

class Compiler {
  readonly #writer = new ProgramWriter();
  readonly #layer: LinkLayer;
  /** Offset of the IP header. */
  readonly #ipAt: number;

  constructor(layer: LinkLayer) {
    this.#layer = layer;
    this.#ipAt = layer.headerBytes;
  }

  compile(test: CaptureTest, snapLengthBytes: number): Uint8Array<ArrayBuffer> {
    const writer = this.#writer;
    const pass = writer.label();
    const reject = writer.label();
    this.#test(test, pass, reject);
    writer.place(pass);
    writer.emit(RETURN, snapLengthBytes);
    writer.place(reject);
    writer.emit(RETURN, 0);
    const program = writer.finish();
    if (program.length / SOCK_FILTER.size > f.BPF_MAXINSNS) {
      throw new RangeError("Cannot filter packets to so many addresses");
    }
    return program;
  }

  #test(test: CaptureTest, yes: Label, no: Label): void {
    switch (test.kind) {
      case "any":
        return this.#each(test.tests, (one, next) => {
          this.#test(one, yes, next ?? no);
        });
      case "all":
        return this.#each(test.tests, (one, next) => {
          this.#test(one, next ?? yes, no);
        });
      case "not":
        return this.#test(test.test, no, yes);
      case "ipv4":
        return this.#testVersion(ETHERTYPE_IPV4, VERSION_4, yes, no);
      case "ipv6":
        return this.#testVersion(ETHERTYPE_IPV6, VERSION_6, yes, no);
      case "protocol":
        return this.#testProtocol(test.protocol, yes, no);
      case "host": {
        const at = test.direction === "src" ? IPV4_SOURCE : IPV4_DESTINATION;
        this.#writer.emit(LOAD | f.BPF_W, this.#ipAt + at);
        return this.#writer.branch(f.BPF_JEQ, test.address, yes, no);
      }
      case "compare":
        return this.#compare(test, yes, no);
    }
  }

  /** Compiles tests one behind the other; each gets the label of the next, the last null. */
  #each(
    tests: readonly CaptureTest[],
    compile: (test: CaptureTest, next: Label | null) => void,
  ): void {
    tests.forEach((test, index) => {
      const next = index + 1 < tests.length ? this.#writer.label() : null;
      compile(test, next);
      if (next !== null) this.#writer.place(next);
    });
  }

  #testVersion(
    etherType: number,
    version: number,
    yes: Label,
    no: Label,
  ): void {
    const writer = this.#writer;
    if (this.#layer.etherTypeAt >= 0) {
      writer.emit(LOAD | f.BPF_H, this.#layer.etherTypeAt);
      return writer.branch(f.BPF_JEQ, etherType, yes, no);
    }
    writer.emit(LOAD | f.BPF_B, this.#ipAt);
    writer.emit(f.BPF_ALU | f.BPF_AND | f.BPF_K, VERSION_MASK);
    writer.branch(f.BPF_JEQ, version, yes, no);
  }

  #testProtocol(protocol: number, yes: Label, no: Label): void {
    this.#writer.emit(LOAD | f.BPF_B, this.#ipAt + IPV4_PROTOCOL);
    this.#writer.branch(f.BPF_JEQ, protocol, yes, no);
  }

  #compare(
    { left, relation, right }: CaptureTest & { kind: "compare" },
    yes: Label,
    no: Label,
  ): void {
    const writer = this.#writer;
    for (
      const protocol of new Set([...protocolsOf(left), ...protocolsOf(right)])
    ) {
      this.#guardPayload(protocol, no);
    }
    const [jump, isWanted] = JUMPS[relation];
    const [ifTrue, ifFalse] = isWanted ? [yes, no] : [no, yes];
    if (right.kind === "constant") {
      this.#number(left, 0);
      return writer.branch(jump, right.value, ifTrue, ifFalse);
    }
    this.#number(right, 0);
    writer.emit(f.BPF_ST, 0);
    this.#number(left, 1);
    writer.emit(LOAD_STORED_TO_X, 0);
    writer.branch(jump | f.BPF_X, 0, ifTrue, ifFalse);
  }

  /** Bytes behind the IPv4 header belong to a protocol only in packets of it, and not in later fragments. */
  #guardPayload(protocol: number, no: Label): void {
    const writer = this.#writer;
    const isOfProtocol = writer.label();
    this.#testProtocol(protocol, isOfProtocol, no);
    writer.place(isOfProtocol);
    writer.emit(LOAD | f.BPF_H, this.#ipAt + IPV4_FRAGMENT);
    const isFirst = writer.label();
    writer.branch(f.BPF_JSET, FRAGMENT_OFFSET_MASK, no, isFirst);
    writer.place(isFirst);
  }

  /** Computes a number into A; may use X, and the store from `free` on. */
  #number(number: CaptureNumber, free: number): void {
    const writer = this.#writer;
    switch (number.kind) {
      case "constant":
        return writer.emit(LOAD_CONSTANT, number.value);
      case "length":
        return writer.emit(LOAD_LENGTH, 0);
      case "bytes": {
        const at = this.#ipAt + number.at;
        const size = SIZES[number.size];
        if (number.protocol === null) return writer.emit(LOAD | size, at);
        writer.emit(LOAD_HEADER_LENGTH, this.#ipAt);
        return writer.emit(LOAD_BEHIND_X | size, at);
      }
      case "binary": {
        const operation = f.BPF_ALU | OPERATIONS[number.operator];
        this.#number(number.left, free);
        if (number.right.kind === "constant") {
          return writer.emit(operation | f.BPF_K, number.right.value);
        }
        if (free === f.BPF_MEMWORDS) {
          throw new RangeError("Cannot compute so deep a number in a filter");
        }
        writer.emit(f.BPF_ST, free);
        this.#number(number.right, free + 1);
        writer.emit(A_TO_X, 0);
        writer.emit(LOAD_STORED, free);
        writer.emit(operation | f.BPF_X, 0);
      }
    }
  }
}

function protocolsOf(number: CaptureNumber): number[] {
  if (number.kind === "binary") {
    return [...protocolsOf(number.left), ...protocolsOf(number.right)];
  }
  return number.kind === "bytes" && number.protocol !== null
    ? [number.protocol]
    : [];
}
