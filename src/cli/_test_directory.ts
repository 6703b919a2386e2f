/** A directory for the files of one test. */
export class TestDirectory implements Disposable {
  readonly path: string = Deno.makeTempDirSync();

  /** Writes a file and returns its path. */
  write(name: string, text: string): string {
    const path = `${this.path}/${name}`;
    Deno.writeTextFileSync(path, text);
    return path;
  }

  /** Names of the files that are there. */
  names(): string[] {
    return [...Deno.readDirSync(this.path)].map(({ name }) => name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
