/** A value that the user gave and that cannot be used. Exit code 2. */
export class ConfigError extends Error {
  /** Name of the class. */
  override readonly name = "ConfigError";
  /** The option, or the file and line, that carries the value: `--target-ports`, `allow.txt:3`. */
  readonly option: string;
  /** What would be right, as a sentence without a final period; empty when the message says it. */
  readonly remedy: string;

  /** Blames `option`; `remedy` may be empty. */
  constructor(option: string, message: string, remedy = "", cause?: unknown) {
    super(message, { cause });
    this.option = option;
    this.remedy = remedy;
  }
}

/** The machine cannot run this scan: rights, library, interface, route, gateway. Exit code 3. */
export class PreflightError extends Error {
  /** Name of the class. */
  override readonly name = "PreflightError";
  /** Name of the failed check: `rights`, `libpcap`, `interface`, `source-address`, `route`, `gateway`. */
  readonly check: string;
  /** What the user can do about it, as a sentence without a final period. */
  readonly remedy: string;

  /** Says which check failed, why, and what helps. */
  constructor(check: string, message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.check = check;
    this.remedy = remedy;
  }
}
