/**
 * Reads each message once, however many columns want it: keeps what became of the last one, with a copy of its
 * bytes. Whoever asks for the same bytes again gets the same object. To compare is several times cheaper than to
 * read again, and stays right however views are reused.
 */
export class LastParsed<T> {
  readonly #parse: (view: DataView, at: number, end: number) => T;
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);
  #lengthBytes = -1;
  #parsed: T | undefined;

  /** @param parse a function of the bytes between `at` and `end` and of nothing else; throws nothing */
  constructor(parse: (view: DataView, at: number, end: number) => T) {
    this.#parse = parse;
  }

  /** What the bytes between `at` and `end` are. */
  read(view: DataView, at: number, end: number): T {
    if (!this.#isSame(view, at, end)) {
      this.#keep(view, at, end);
      this.#parsed = this.#parse(view, at, end);
    }
    return this.#parsed!;
  }

  #isSame(view: DataView, at: number, end: number): boolean {
    const length = end - at;
    if (length !== this.#lengthBytes) return false;
    const kept = this.#view;
    let i = 0;
    for (; i + 4 <= length; i += 4) {
      if (view.getUint32(at + i) !== kept.getUint32(i)) return false;
    }
    for (; i < length; i++) {
      if (view.getUint8(at + i) !== kept.getUint8(i)) return false;
    }
    return true;
  }

  #keep(view: DataView, at: number, end: number): void {
    this.#lengthBytes = end - at;
    if (this.#bytes.length < this.#lengthBytes) {
      this.#bytes = new Uint8Array(2 * this.#lengthBytes);
      this.#view = new DataView(this.#bytes.buffer);
    }
    const bytes = this.#bytes;
    for (let i = at; i < end; i++) bytes[i - at] = view.getUint8(i);
  }
}
