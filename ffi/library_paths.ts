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

/** Where `dlopen(3)` is in C libraries that keep it apart: glibc before 2.34. */
export const LIBDL_PATHS: readonly string[] = LIBC_PATHS
  .filter((path) => path.endsWith("libc.so.6"))
  .map((path) => path.replace("libc.so.6", "libdl.so.2"));

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
