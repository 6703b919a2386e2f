/** Waits until something is true, as long as a program runs. */
export async function until(
  child: Deno.ChildProcess,
  isTrue: () => boolean,
): Promise<void> {
  let hasEnded = false;
  child.status.then(() => hasEnded = true);
  while (!hasEnded) {
    try {
      if (isTrue()) return;
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("The program ended before");
}
