/** Path names under which distributions install the C library, most common first. */
export const LIBC_PATHS: readonly string[] = [
  "/lib/x86_64-linux-gnu/libc.so.6", // Debian, Ubuntu
  "/lib/aarch64-linux-gnu/libc.so.6",
  "/lib64/libc.so.6", // Fedora, RHEL, SUSE
  "/usr/lib64/libc.so.6",
  "/usr/lib/libc.so.6", // Arch
  "libc.so.6", // wherever the loader has it; needs --allow-ffi without a path
  // Last, since loading musl into a process that runs on glibc would break it.
  "/lib/ld-musl-x86_64.so.1", // Alpine
  "/lib/ld-musl-aarch64.so.1",
];

/** Path names under which distributions install libpcap, most common first. */
export const LIBPCAP_PATHS: readonly string[] = [
  "/usr/lib/x86_64-linux-gnu/libpcap.so.0.8", // Debian, Ubuntu keep the old soname
  "/lib/x86_64-linux-gnu/libpcap.so.0.8",
  "/usr/lib/aarch64-linux-gnu/libpcap.so.0.8",
  "/lib/aarch64-linux-gnu/libpcap.so.0.8",
  "/usr/lib64/libpcap.so.1", // Fedora, RHEL, SUSE
  "/lib64/libpcap.so.1",
  "/usr/lib/libpcap.so.1", // Arch, Alpine
  "/usr/local/lib/libpcap.so.1",
  "libpcap.so.1",
  "libpcap.so.0.8",
];

/**
 * Opens the first of `paths` that exists. Paths that are already permitted come first, so that a scoped
 * `--allow-ffi` neither prompts nor fails because of a path that this distribution does not have.
 *
 * @throws {Deno.errors.NotCapable} when `--allow-ffi` covers none of the paths that exist
 * @throws {Deno.errors.NotFound} when none exists
 * @throws {Error} when the library lacks a symbol of the table
 */
export function openLibrary<const S extends Deno.ForeignLibraryInterface>(
  name: string,
  options: { readonly paths: readonly string[]; readonly symbols: S },
): Deno.DynamicLibrary<S> {
  const reasons: string[] = [];
  let refusal: unknown = null;
  for (const path of permittedFirst(options.paths)) {
    try {
      return Deno.dlopen(path, options.symbols);
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
    Deno.permissions.querySync({ name: "ffi", path }).state === "granted";
  return [
    ...paths.filter(isPermitted),
    ...paths.filter((path) => !isPermitted(path)),
  ];
}
