const NAMES: ReadonlyMap<string, number> = new Map([
  ["/dev/stdin", 0],
  ["/dev/stdout", 1],
  ["/dev/stderr", 2],
]);
const NUMBERED =
  /^\/(?:dev|proc\/(?:self|thread-self))\/fd\/(0|[1-9][0-9]{0,8})$/;

/**
 * The file descriptor that a path names, such as `/dev/stdin` or `/dev/fd/3`; null for any other path. Deno opens
 * such paths only with `--allow-all`, but the descriptor is there to be used.
 */
export function descriptorOf(path: string): number | null {
  const name = NAMES.get(path);
  if (name !== undefined) return name;
  const [, number] = NUMBERED.exec(path) ?? [];
  return number === undefined ? null : Number(number);
}
