import {
  type Cover,
  FileWitness,
  outputNameOf,
  pathFacts,
} from "../link/mod.ts";

/** What has become of a file since it was opened. */
export interface SinkFacts {
  /** Bytes in it, from the first that was written here. */
  readonly lengthBytes: number;
  /** It has no name any more. */
  readonly isDeleted: boolean;
  /** The path that was named leads to another file, or to none. */
  readonly isMoved: boolean;
}

/** What bytes are written to; one call at a time. */
export interface ByteSink {
  /**
   * Whether it is a file, whose disk may be full for a while.
   *
   * @default {false}
   */
  readonly isOnDisk?: boolean;
  /** Writes some of the bytes, from the first on, and returns how many; rejects when it cannot. */
  write(bytes: Uint8Array): Promise<number>;
  /** Cuts what has been written; for files. Rejects where that is not possible. */
  truncate?(lengthBytes: number): Promise<void>;
  /** For files: what has become of it, or null for what is no plain file. */
  inspect?(): Promise<SinkFacts | null>;
  /** For files: resolves when all that was written is on the disk. */
  sync?(): Promise<void>;
  /** For pipes: bytes that nobody will read, as the reader has gone. */
  unreadBytes?(): number;
  /** Keeps others from writing to the same place; returns what lets them again. */
  hold?(): Promise<() => void>;
  /** For terminals: takes what stands there off while somebody else writes to the same place. */
  cover?(cover: Cover): void;
  /** Releases the sink. Called at most once. */
  close(): void;
  /** Removes what a later run would go on from, where that is another file; after `close`. */
  discardPart?(): void;
}

/** A plain file. What is written goes to its end, also after somebody else has cut it. */
export class FileSink implements ByteSink {
  readonly isOnDisk = true;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #witness: FileWitness;
  /** Bytes that are not of this sink, in front of all others. */
  readonly #keptBytes: number;

  private constructor(
    path: string,
    { file, keptBytes, witness }: {
      readonly file: Deno.FsFile;
      readonly witness: FileWitness;
      readonly keptBytes: number;
    },
  ) {
    this.#path = path;
    this.#file = file;
    this.#witness = witness;
    this.#keptBytes = keptBytes;
  }

  /**
   * Opens a file, cut to its first `keptBytes` bytes.
   *
   * @throws {Error} what `Deno.openSync` throws, and where others have put something into its way
   */
  static open(path: string, keptBytes = 0): FileSink {
    const file = Deno.openSync(...openingOf(path));
    try {
      file.truncateSync(keptBytes);
      const witness = FileWitness.open(path);
      return new FileSink(path, { file, witness, keptBytes });
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Writes some of the bytes behind all others. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#file.write(bytes);
  }

  /** Cuts the file. */
  truncate(lengthBytes: number): Promise<void> {
    return this.#file.truncate(this.#keptBytes + lengthBytes);
  }

  /** Resolves when all that was written is on the disk. */
  sync(): Promise<void> {
    return this.#file.syncData();
  }

  /** What has become of the file. */
  inspect(): Promise<SinkFacts> {
    const { lengthBytes, links, place } = this.#witness.facts();
    return Promise.resolve({
      lengthBytes: Math.max(0, lengthBytes - this.#keptBytes),
      isDeleted: links === 0,
      isMoved: links !== 0 && !this.#isStillAt(place),
    });
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
    this.#witness[Symbol.dispose]();
  }

  #isStillAt(place: string): boolean {
    try {
      return pathFacts(this.#path)?.place === place;
    } catch {
      // With its rights given up, the program may be unable to look.
      return true;
    }
  }
}

/** How a file is opened: one that is not there is made, and not what others have put there meanwhile. */
function openingOf(path: string): [path: string, options: Deno.OpenOptions] {
  const name = outputNameOf(path);
  return [name.path, { append: true, createNew: !name.isThere }];
}
