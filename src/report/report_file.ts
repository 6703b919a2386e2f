import type { PositionRange } from "../loss/mod.ts";
import { outputFault, ResultFile } from "../output/mod.ts";
import { PAGE_ASSETS } from "../page/assets.ts";
import { plainDocument } from "../page/document.ts";
import { markup } from "../page/markup.ts";
import type { ScanView } from "../page/view.ts";
import { type Facts, valueAt } from "./facts.ts";
import { failedParts, reportParts } from "./report_parts.ts";
import { type MapGround, ScanBook } from "./scan_book.ts";

/** Lines of the log of the first seconds that are kept. */
const MOST_FIRST_LINES = 20;

/** The report of a scan that has ended before its first second. */
const NO_SCAN = plainDocument({
  title: "no scan",
  about: "The scan ended before its first probe.",
  content:
    markup`<section><p>Why it did stands on standard error, and in its log file.</p></section>`,
}, PAGE_ASSETS);

/** A moment of the scan, and once it has ended its metadata. */
interface ShownMoment {
  readonly view: ScanView;
  readonly metadata?: Facts;
}

/** The file of `--report`: open from the start, and written when the scan ends, whatever ends it. */
export class ReportFile {
  readonly threads: Readonly<Record<string, number>> = {};
  readonly hasMap = true;
  readonly #file: ResultFile;
  #book: ScanBook | null = null;
  #last: ScanView | null = null;
  #first: ScanView["log"] = [];
  #isOver = false;

  private constructor(file: ResultFile) {
    this.#file = file;
  }

  /**
   * Opens the file, empty from now on.
   *
   * @throws {ConfigError} when it cannot be written
   */
  static async open(path: string): Promise<ReportFile> {
    const option = "--report";
    return new ReportFile(await ResultFile.open(path, { option }));
  }

  /** What is wrong with the file; null: nothing, or its reader has gone. */
  get fault(): string | null {
    return this.#file.status === "reader-gone"
      ? null
      : outputFault(this.#file, false);
  }

  begin(ground: MapGround): void {
    this.#book = new ScanBook(ground);
  }

  show({ view }: ShownMoment): void {
    if (this.#last === null) this.#first = view.log.slice(0, MOST_FIRST_LINES);
    this.#last = view;
    this.#book?.update(view);
  }

  confine(): void {}

  async finish(shown: ShownMoment | null): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const view = shown?.view ?? this.#last;
    if (view !== null && this.#book !== null) {
      const metadata = shown?.metadata ?? null;
      const page = this.#book.report(view, {
        report: metadata === null
          ? failedParts("It ended before its facts were known")
          : reportParts(metadata, { first: this.#first }),
        uncovered: uncoveredOf(metadata),
      });
      this.#file.write(new TextEncoder().encode(page));
    } else this.#file.write(new TextEncoder().encode(NO_SCAN));
    await this.#file.close();
  }
}

/** The ranges of positions that were not covered, as metadata have them. */
export function uncoveredOf(metadata: Facts | null): PositionRange[] {
  const ranges = valueAt(metadata, "ranges_uncovered");
  if (!Array.isArray(ranges)) return [];
  return ranges.flatMap((range) =>
    Array.isArray(range) && range.length === 2 &&
      range.every((position) => Number.isSafeInteger(position))
      ? [{ first: range[0], end: range[1] }]
      : []
  );
}
