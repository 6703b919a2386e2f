import { ErrnoError, errnoText } from "../link/errors.ts";

/** The cause of a failed file operation in a few words: `no such file or directory`, `permission denied`. */
export function describeFileError(error: unknown): string {
  if (error instanceof ErrnoError) return errnoText(error.errno);
  if (error instanceof Deno.errors.NotFound) return "no such file or directory";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "is a directory";
  if (error instanceof Deno.errors.NotADirectory) {
    return "a part of the path is not a directory";
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `not allowed to this program (${error.message})`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \(os error \d+\)$/, "");
}
