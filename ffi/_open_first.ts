/** What to open, and where it may lie. */
export interface LibraryOptions<S extends Deno.ForeignLibraryInterface> {
  readonly paths: readonly string[];
  readonly symbols: S;
}

/**
 * Opens the first of `paths` that exists. Paths that are already permitted come first, so that a scoped
 * `--allow-ffi` neither prompts nor fails because of a path that this distribution does not have. The
 * library may be unmapped when this thread ends: only the C library, which the runtime itself needs, may be
 * opened in this way; all others by `openLibrary()`.
 *
 * @param prepare called with each path that this program may open, just before it is opened
 * @throws {Deno.errors.NotCapable} when `--allow-ffi` covers none of the paths that exist
 * @throws {Deno.errors.NotFound} when none exists
 * @throws {Error} when the library lacks a symbol of the table
 */
export function openFirst<const S extends Deno.ForeignLibraryInterface>(
  name: string,
  options: LibraryOptions<S>,
  prepare: (path: string) => void = () => {},
): Deno.DynamicLibrary<S> & { readonly path: string } {
  const reasons: string[] = [];
  let refusal: unknown = null;
  for (const path of permittedFirst(options.paths)) {
    // Asks now, where asking is allowed, instead of in `Deno.dlopen`.
    if (Deno.permissions.requestSync(ffi(path)).state === "granted") {
      prepare(path);
    }
    try {
      return Object.assign(Deno.dlopen(path, options.symbols), { path });
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        refusal ??= error;
      } else if (String(error).includes("Could not open library")) {
        reasons.push(String(error));
      } else {
        throw new Error(`Cannot use ${name} at "${path}"`, { cause: error });
      }
    }
  }
  if (refusal !== null) {
    throw new Deno.errors.NotCapable(
      `Cannot open ${name} without the permission --allow-ffi for its path`,
      { cause: refusal },
    );
  }
  throw new Deno.errors.NotFound(`Cannot find ${name}`, {
    cause: reasons.join("\n"),
  });
}

function permittedFirst(paths: readonly string[]): string[] {
  const isPermitted = (path: string): boolean =>
    Deno.permissions.querySync(ffi(path)).state === "granted";
  return [
    ...paths.filter(isPermitted),
    ...paths.filter((path) => !isPermitted(path)),
  ];
}

function ffi(path: string): Deno.FfiPermissionDescriptor {
  return { name: "ffi", path };
}
