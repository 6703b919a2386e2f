/** What the program is doing at the moment and what it waits for, for whoever asks by SIGQUIT. */
export class Phase {
  #describe: () => string;

  /** @param text a sentence without a final period, as for `enter` */
  constructor(text: string) {
    this.#describe = (): string => text;
  }

  /** Says what is done from now on: as a sentence, or as whole lines that are made when somebody asks. */
  enter(what: string | (() => string)): void {
    this.#describe = typeof what === "string" ? (): string => what : what;
  }

  /** What is done now, without a line end. */
  report(): string {
    return this.#describe();
  }
}
