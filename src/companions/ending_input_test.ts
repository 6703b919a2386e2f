import assert from "node:assert/strict";
import type { ByteSource } from "./byte_lines.ts";
import { EndingInput } from "./ending_input.ts";

/** Gives one byte at each read while there are some, and then keeps who reads waiting. */
class Pipe implements ByteSource {
  #left: number;

  constructor(left: number) {
    this.#left = left;
  }

  read(): Promise<number | null> {
    if (this.#left === 0) return new Promise(() => {});
    this.#left--;
    return Promise.resolve(1);
  }
}

const BUFFER = new Uint8Array(1);

/** Bytes until the end. */
async function drain(input: EndingInput): Promise<number> {
  let bytes = 0;
  for (;;) {
    const count = await input.read(BUFFER);
    if (count === null) return bytes;
    bytes += count;
  }
}

Deno.test("EndingInput.read() gives what the source gives, and its end", async () => {
  const source = { read: (): Promise<null> => Promise.resolve(null) };
  const { signal } = new AbortController();
  assert.equal(await drain(new EndingInput(source, signal)), 0);
});

Deno.test("EndingInput.read() keeps what comes after a Ctrl-C, until nothing does", async () => {
  for (const reason of ["stopped by SIGINT", "stopped by SIGHUP"]) {
    const controller = new AbortController();
    const input = new EndingInput(new Pipe(5), controller.signal, 1);
    assert.equal(await input.read(BUFFER), 1);
    controller.abort(reason);
    assert.equal(await drain(input), 4);
  }
});

Deno.test("EndingInput.read() ends at once at SIGTERM, also one that came before", async () => {
  const controller = new AbortController();
  const input = new EndingInput(new Pipe(0), controller.signal);
  const reading = drain(input);
  controller.abort("stopped by SIGTERM");
  assert.equal(await reading, 0);
  const late = new EndingInput(new Pipe(0), controller.signal);
  assert.equal(await drain(late), 0);
});
