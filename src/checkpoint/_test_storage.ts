import type { CheckpointStorage } from "./storage.ts";

const PAGE_BYTES = 4096;

/** A file, without pages that were never written. */
interface Pages {
  readonly pages: ReadonlyMap<number, Uint8Array<ArrayBuffer>>;
  readonly length: number;
}

/** A write, or a cut, that is not on the disk for sure. */
interface Change {
  readonly at: number;
  /** Null: the file ends at `at`. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

/**
 * A file in memory on a disk that may lose what was not synced: any of the changes, each as a whole or from somewhere
 * on.
 */
export class TestStorage implements CheckpointStorage {
  #disk: Pages = { pages: new Map(), length: 0 };
  #seen: Pages;
  #changes: Change[] = [];
  /** Called before each change; what it throws, the change throws. */
  onChange: () => Promise<void> | void = () => {};
  isClosed = false;

  constructor(bytes: Uint8Array = new Uint8Array()) {
    const all = { at: 0, bytes: new Uint8Array(bytes) };
    this.#disk = applied(this.#disk, all);
    this.#seen = this.#disk;
  }

  /** The file as its writer sees it. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return slice(this.#seen, 0, this.#seen.length);
  }

  length(): Promise<number> {
    return Promise.resolve(this.#seen.length);
  }

  read(at: number, lengthBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(slice(this.#seen, at, at + lengthBytes));
  }

  async write(at: number, bytes: Uint8Array): Promise<void> {
    await this.onChange();
    this.#change({ at, bytes: new Uint8Array(bytes) });
  }

  async truncate(lengthBytes: number): Promise<void> {
    await this.onChange();
    this.#change({ at: lengthBytes, bytes: null });
  }

  async sync(): Promise<void> {
    const changes = this.#changes.length;
    const synced = this.#seen;
    await this.onChange();
    this.#disk = synced;
    this.#changes = this.#changes.slice(changes);
  }

  close(): void {
    this.isClosed = true;
  }

  /** What is left on the disk when the power fails; `chance` returns numbers from 0 up to 1. */
  crash(chance: () => number): Uint8Array<ArrayBuffer> {
    let disk = this.#disk;
    for (const { at, bytes } of this.#changes) {
      const what = chance();
      if (what < 1 / 3) continue;
      const length = bytes === null || what < 2 / 3
        ? bytes?.length ?? 0
        : Math.floor(chance() * bytes.length);
      disk = applied(disk, { at, bytes: bytes?.slice(0, length) ?? null });
    }
    return slice(disk, 0, disk.length);
  }

  #change(change: Change): void {
    this.#changes.push(change);
    this.#seen = applied(this.#seen, change);
  }
}

function applied(file: Pages, { at, bytes }: Change): Pages {
  if (bytes === null) {
    const kept = new Map(file.pages);
    for (const page of kept.keys()) {
      if (page * PAGE_BYTES >= at) kept.delete(page);
    }
    const last = kept.get(Math.floor(at / PAGE_BYTES));
    if (last !== undefined) {
      const cut = last.slice().fill(0, at % PAGE_BYTES);
      kept.set(Math.floor(at / PAGE_BYTES), cut);
    }
    return { pages: kept, length: at };
  }
  const pages = new Map(file.pages);
  const end = at + bytes.length;
  for (let from = at; from < end;) {
    const page = Math.floor(from / PAGE_BYTES);
    const start = page * PAGE_BYTES;
    const to = Math.min(end, start + PAGE_BYTES);
    const changed = pages.get(page)?.slice() ?? new Uint8Array(PAGE_BYTES);
    changed.set(bytes.subarray(from - at, to - at), from - start);
    pages.set(page, changed);
    from = to;
  }
  return { pages, length: Math.max(file.length, end) };
}

function slice(
  { length, pages }: Pages,
  from: number,
  to: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(0, Math.min(to, length) - from));
  for (const [page, content] of pages) {
    const at = page * PAGE_BYTES - from;
    const first = Math.max(0, -at);
    const end = Math.min(PAGE_BYTES, bytes.length - at);
    if (end > first) bytes.set(content.subarray(first, end), at + first);
  }
  return bytes;
}
