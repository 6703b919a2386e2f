import assert from "node:assert/strict";
import { ErrnoError, errnoText } from "../../ffi/errno.ts";
import { completeLibc } from "../../ffi/libc.ts";
import { openLibrary } from "../../ffi/library.ts";
import { LIBC_PATHS } from "../../ffi/library_paths.ts";
import { LIBPCAP_REMEDY } from "../../ffi/libpcap.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

const GETPID = { getpid: { parameters: [], result: "i32" } } as const;

Deno.test("openLibrary() takes the first path that exists", () => {
  const paths = ["/nonexistent/libc.so.6", ...LIBC_PATHS];
  const library = openLibrary("libc", { paths, symbols: GETPID });
  assert.equal(library.symbols.getpid(), Deno.pid);
  library.close();
});

Deno.test("openLibrary() throws NotFound when no path exists", () => {
  const paths = ["/nonexistent/libc.so.6"];
  assert.throws(
    () => openLibrary("libc", { paths, symbols: GETPID }),
    Deno.errors.NotFound,
  );
});

Deno.test("openLibrary() names a library that lacks a symbol", () => {
  const symbols = {
    pacemap_nosuch: { parameters: [], result: "i32" },
  } as const;
  assert.throws(
    () => openLibrary("libc", { paths: LIBC_PATHS, symbols }),
    /Cannot use libc at/,
  );
});

Deno.test({
  name: "openLibrary() throws NotCapable without permission",
  permissions: { ffi: false },
  fn(): void {
    assert.throws(
      () => openLibrary("libc", { paths: LIBC_PATHS, symbols: GETPID }),
      Deno.errors.NotCapable,
    );
  },
});

Deno.test("LIBPCAP_REMEDY names the command for each distribution", () => {
  for (
    const command of ["apt install", "dnf install", "apk add", "pacman -S"]
  ) {
    assert.ok(LIBPCAP_REMEDY.includes(command));
  }
});

Deno.test("ErrnoError carries call, number and name", () => {
  const error = new ErrnoError("bind socket", 19);
  assert.equal(error.message, "Cannot bind socket: no such device (ENODEV)");
  assert.deepEqual([error.syscall, error.errno, error.code], [
    "bind socket",
    19,
    "ENODEV",
  ]);
  assert.equal(new ErrnoError("x", 999).code, "E999");
  assert.equal(errnoText(999), "error 999");
});
