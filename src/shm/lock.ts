const FREE = 0;
const HELD = 1;
/** Held, and others wait. */
const CONTENDED = 2;

/** Makes a lock that several threads can share: plain data. */
export function makeLock(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** Waits until the lock is free, and takes it. */
export function acquire(lock: Int32Array): void {
  if (Atomics.compareExchange(lock, 0, FREE, HELD) === FREE) return;
  while (Atomics.exchange(lock, 0, CONTENDED) !== FREE) {
    Atomics.wait(lock, 0, CONTENDED);
  }
}

/** Gives the lock back. */
export function release(lock: Int32Array): void {
  if (Atomics.exchange(lock, 0, FREE) === CONTENDED) {
    Atomics.notify(lock, 0, 1);
  }
}
