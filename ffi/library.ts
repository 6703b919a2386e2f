import { cString } from "./_c_string.ts";
import { type LibraryOptions, openFirst } from "./_open_first.ts";
import { RTLD_LAZY, RTLD_NODELETE } from "./constants.ts";
import { openLibc } from "./libc.ts";
import { LIBDL_PATHS } from "./library_paths.ts";

const LIBDL = {
  // void *dlopen(const char *path, int flags)
  dlopen: { parameters: ["buffer", "i32"], result: "pointer" },
} as const;

/**
 * Opens the first of `paths` that exists, for as long as the process lives.
 *
 * The runtime closes what a worker has opened when the worker ends. If nobody else holds the library, that
 * unmaps it and all that came with it, even while the main thread runs an exit handler of one of them:
 * libpcap brings libgpg-error, which has one, and the process ends by SIGSEGV. So each library is marked
 * `RTLD_NODELETE`, `dlopen(3)`, from the thread that needs it, before the runtime opens it: there is no
 * moment in which the end of that thread could unmap it, and the main thread has nothing to do with it.
 *
 * @throws {Deno.errors.NotCapable} when `--allow-ffi` covers none of the paths that exist, or not the C library
 * @throws {Deno.errors.NotFound} when none exists
 * @throws {Error} when the library lacks a symbol of the table
 */
export function openLibrary<const S extends Deno.ForeignLibraryInterface>(
  name: string,
  options: LibraryOptions<S>,
): Deno.DynamicLibrary<S> {
  return openFirst(name, options, keepMapped);
}

/** A path that does not exist is left to `Deno.dlopen`, which says so. */
function keepMapped(path: string): void {
  const { dlopen } = openLibc();
  if (dlopen !== null) {
    dlopen(cString(path), RTLD_LAZY | RTLD_NODELETE);
    return;
  }
  const libdl = openFirst("libdl", { paths: LIBDL_PATHS, symbols: LIBDL });
  libdl.symbols.dlopen(cString(path), RTLD_LAZY | RTLD_NODELETE);
  libdl.close();
}
