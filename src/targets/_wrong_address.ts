/** What people write in lists of addresses, which have no host names, with what would be right. */

/** What a line of such a list has to be. */
export const ONE_ADDRESS =
  "must be one address, prefix or range on each line; host names are for --allowlist-file";

const NAME_AND_PORT = /^[a-z0-9_.-]*[a-z_][a-z0-9_.-]*:[a-z0-9-]*$/i;
const BLANK_BEFORE_PORT =
  /^([0-9]+(?:\.[0-9]+){3}|[0-9a-f]*:[0-9a-f:]*)\s+([0-9]{1,5})$/i;

/** Why a text is no address with or without a port, where it can be told what is meant; null: that cannot be told. */
export function wrongAddress(text: string): string | null {
  if (NAME_AND_PORT.test(text)) return ONE_ADDRESS;
  const [, address, port] = BLANK_BEFORE_PORT.exec(text) ?? [];
  if (address === undefined) return null;
  const host = address.includes(":") ? `[${address}]` : address;
  return `a colon stands between address and port: ${host}:${port}`;
}
