/**
 * As `promise`, but rejects with the reason of `signal` as soon as that aborts; the work behind the promise goes on.
 */
export async function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | null,
): Promise<T> {
  if (signal === null) return await promise;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
