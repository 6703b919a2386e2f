/**
 * Resolves when the name of a new file is on the disk too. Where that cannot be asked for, the system does it in its
 * time.
 */
export async function syncDirectory(path: string): Promise<void> {
  const slash = path.lastIndexOf("/");
  try {
    using directory = await Deno.open(
      slash < 0 ? "." : path.slice(0, slash + 1),
    );
    await directory.sync();
  } catch {
    return;
  }
}
