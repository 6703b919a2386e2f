import {
  type AddressSet,
  allAddresses,
  intersect,
  subtract,
} from "./address_set.ts";

/** The parts that the addresses of a scan are chosen by. */
export interface AddressSelection {
  /** Prefixes of the command line and the allowlist, or null when there are none: everything is allowed. */
  readonly allowed: AddressSet | null;
  /** The list of single addresses, or null. */
  readonly listed: AddressSet | null;
  /** Wins over the two others. */
  readonly blocked: AddressSet;
}

/**
 * The addresses that are allowed, listed and not blocked.
 *
 * @throws {RangeError} when none is left; the message says at which step the last one went
 */
export function selectAddresses(selection: AddressSelection): AddressSet {
  const { allowed, listed, blocked } = selection;
  if (allowed?.count === 0) {
    throw new RangeError("Cannot choose targets: the allowlist has no address");
  }
  if (listed?.count === 0) {
    throw new RangeError(
      "Cannot choose targets: the list of addresses is empty",
    );
  }
  const wanted = allowed === null || listed === null
    ? listed ?? allowed ?? allAddresses()
    : intersect(allowed, listed);
  if (wanted.count === 0) {
    throw new RangeError(
      "Cannot choose targets: no address of the list is in the allowlist",
    );
  }
  const left = subtract(wanted, blocked);
  if (left.count === 0) {
    throw new RangeError(
      `Cannot choose targets: the blocklist covers all ${wanted.count} addresses`,
    );
  }
  return left;
}
