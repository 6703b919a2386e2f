import { getLogger } from "@logtape/logtape";
import { formatIp, type IpAddress } from "../base/mod.ts";
import { waitForPing, type WaitPingOptions } from "../preflight/mod.ts";

/**
 * As `waitForPing`, and says in the log who is waited for.
 *
 * @throws {PreflightError} as `waitForPing`
 */
export async function waitForHost<A extends IpAddress>(
  options: WaitPingOptions<A>,
): Promise<boolean> {
  const logger = getLogger(["pacemap", "scan"]);
  const host = formatIp(options.address);
  logger.info("Waiting for {host} to answer a ping", { host });
  if (!await waitForPing(options)) return false;
  logger.info("{host} answers", { host });
  return true;
}
