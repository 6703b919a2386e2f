import { ConfigError, descriptorOf } from "../base/mod.ts";
import { effectiveUserId, NameExchange, pathFacts } from "../link/mod.ts";
import { fixedMetricsText, metricsText } from "./metrics.ts";
import type { ScanView } from "./view.ts";
import type { ViewSink } from "./view_sink.ts";
import type { Shown } from "./watch_site.ts";

/** Added to the name of the file that is written: node_exporter reads what ends in `.prom`. */
const NEXT_SUFFIX = ".next";
const MODE = 0o644;
/** How long the last figures may take to be written. */
const PATIENCE_MS = 2000;
const WORLD_WRITABLE = 0o002;
const GROUP_WRITABLE = 0o020;
const OWNER_WRITABLE = 0o200;
const STICKY = 0o1000;

/** Who the program will be when the file is written. */
export interface LaterUser {
  readonly userId: number;
  readonly groupId: number;
}

/**
 * The file of `--metrics-file`, for node_exporter's textfile collector. It is written aside, and then exchanges its name
 * with the one before, so that a reader has whole figures of one moment, even if the next are written meanwhile. Where the program may
 * not do that once it has given up its rights, it is overwritten in place, by lines of which each keeps its place.
 */
export class MetricsFile implements ViewSink {
  readonly threads = {};
  readonly hasMap = false;
  readonly fault = null;
  readonly #path: string;
  readonly #files: [shown: Deno.FsFile, next: Deno.FsFile | null];
  readonly #exchange: NameExchange | null;
  readonly #onFault: (text: string) => void;
  #writing: Promise<void> | null = null;
  /** Nothing is shown any more. */
  #isOver = false;
  #isFinished = false;

  private constructor(
    path: string,
    parts: {
      readonly files: [Deno.FsFile, Deno.FsFile | null];
      readonly exchange: NameExchange | null;
      readonly onFault: (text: string) => void;
    },
  ) {
    this.#path = path;
    this.#files = parts.files;
    this.#exchange = parts.exchange;
    this.#onFault = parts.onFault;
  }

  /**
   * Opens the file, and where names can be exchanged the one that is written.
   *
   * @param laterUser whom the program becomes; null: it stays who it is
   * @param onFault is told once when it can be written no more
   * @throws {ConfigError} when it cannot be opened
   */
  static open(
    path: string,
    { laterUser, onFault }: {
      readonly laterUser: LaterUser | null;
      readonly onFault: (text: string) => void;
    },
  ): MetricsFile {
    try {
      // A link stays one: the file that it leads to is written.
      const file = placeOf(path);
      const isExchanged = mayExchange(file, laterUser);
      // The one that may be refused comes first, and is closed where the next one is.
      using stack = new DisposableStack();
      const shown = stack.use(openFile(file));
      const next = isExchanged ? stack.use(openNew(file + NEXT_SUFFIX)) : null;
      const exchange = isExchanged
        ? NameExchange.open(directoryOf(file))
        : null;
      stack.move();
      return new MetricsFile(file, {
        files: [shown, next],
        exchange,
        onFault,
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new ConfigError(
        "--metrics-file",
        `Cannot write "${path}": ${why}`,
        "Name a file in a directory that you may write to",
        error,
      );
    }
  }

  /** Directory in which names are exchanged, so that a reader has whole figures in any case; null: none. */
  get exchangesIn(): string | null {
    return this.#exchange === null ? null : directoryOf(this.#path);
  }

  show(shown: Shown): void {
    if (this.#isOver || this.#writing !== null) return;
    this.#writing = this.#write(shown).finally(() => this.#writing = null);
  }

  /** Resolves when what was shown last is written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** It holds nothing that it does not need. */
  begin(): void {}

  confine(): void {}

  async finish(shown: Shown | null): Promise<void> {
    if (this.#isFinished) return;
    this.#isFinished = true;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, PATIENCE_MS);
    await Promise.race([this.#finish(shown), late.promise]);
    clearTimeout(timer);
    this.#isOver = true;
  }

  async #finish(shown: Shown | null): Promise<void> {
    await this.#writing;
    if (shown !== null) this.show(shown);
    await this.#writing;
    for (const file of this.#files) file?.close();
    this.#exchange?.[Symbol.dispose]();
    if (this.#exchange === null) return;
    try {
      await Deno.remove(this.#path + NEXT_SUFFIX);
    } catch {
      // It is used again by the next scan that writes here.
    }
  }

  async #write({ view }: Shown): Promise<void> {
    try {
      if (this.#exchange === null) await this.#overwrite(view);
      else await this.#writeAside(view, this.#exchange);
    } catch (error) {
      if (this.#isOver) return;
      this.#isOver = true;
      const why = error instanceof Error ? error.message : String(error);
      this.#onFault(
        `--metrics-file: cannot write "${this.#path}": ${why}; the scan goes on without it`,
      );
    }
  }

  async #writeAside(view: ScanView, exchange: NameExchange): Promise<void> {
    const [shown, next] = this.#files;
    await next!.truncate(0);
    await writeAll(next!, metricsText(view));
    const name = this.#path.replace(/^.*\//, "");
    exchange.exchange(name, name + NEXT_SUFFIX);
    this.#files[0] = next!;
    this.#files[1] = shown;
  }

  /** In one call of the system, all lines at their places. */
  async #overwrite(view: ScanView): Promise<void> {
    const text = fixedMetricsText(view);
    const [file] = this.#files;
    await writeAll(file, text);
    // What an earlier scan has left.
    await file.truncate(text.length);
  }
}

/** Whether names of files there can be exchanged by whom the program becomes. */
function mayExchange(path: string, laterUser: LaterUser | null): boolean {
  if (laterUser === null) return true;
  const facts = Deno.statSync(directoryOf(path));
  const mode = facts.mode ?? 0;
  if (facts.uid === laterUser.userId) return (mode & OWNER_WRITABLE) !== 0;
  // There, only who has made a file may.
  if ((mode & STICKY) !== 0) return false;
  return facts.gid === laterUser.groupId
    ? (mode & GROUP_WRITABLE) !== 0
    : (mode & WORLD_WRITABLE) !== 0;
}

/** The directory that a file is in, as a path. */
function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash + 1);
}

/** Whether this process is root's now. */
export function isRoot(): boolean {
  return effectiveUserId() === 0;
}

/**
 * Where a file is, behind all links.
 *
 * @throws {Error} when something else is there
 */
function placeOf(path: string): string {
  // As other options have it, "-" is standard output.
  if (path === "-" || descriptorOf(path) !== null) {
    throw new Error("it is no file");
  }
  const facts = pathFacts(path);
  if (facts === null) return path;
  if (facts.kind !== "file") throw new Error("it is no file");
  return Deno.realPathSync(path);
}

function openFile(path: string): Deno.FsFile {
  return Deno.openSync(path, { write: true, create: true, mode: MODE });
}

/** A new file, whatever has the name before: somebody else may have put a link there. */
function openNew(path: string): Deno.FsFile {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return Deno.openSync(path, { write: true, createNew: true, mode: MODE });
}

async function writeAll(file: Deno.FsFile, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  await file.seek(0, Deno.SeekMode.Start);
  for (let at = 0; at < bytes.length;) {
    at += await file.write(bytes.subarray(at));
  }
}
