/** What a seed that follows from a name begins with. */
const FROM = "from:";

/**
 * The seed of `from:NAME`: the first 64 bits of the SHA-256 of the name (UTF-8), as a big-endian number. It follows from
 * the name alone, so that every host has it before any list is read, and other programs can compute it; that the rest
 * of the job is the same is checked when the shards are merged. Null: the text is no such seed.
 *
 * @throws {SyntaxError} when the name is empty
 */
export function seedFromName(text: string): bigint | null {
  if (!text.startsWith(FROM)) return null;
  const name = text.slice(FROM.length);
  if (name === "") {
    throw new SyntaxError(`Cannot take a seed from "${text}": no name`);
  }
  // The global one: importing the module takes time in every scan.
  // deno-lint-ignore no-process-global
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hex = createHash("sha256").update(name).digest("hex");
  return BigInt(`0x${hex.slice(0, 16)}`);
}
