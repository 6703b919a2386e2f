import { PreflightError } from "../base/mod.ts";
import { type LinkReader, mtuProblem, mtuRemedy } from "../link/mod.ts";

/**
 * Checks that the interface can carry the probes, whoever writes their link header.
 *
 * @param packetBytes length of the longest IP packet
 * @throws {PreflightError} `mtu` when it cannot
 */
export function checkMtu(
  reader: LinkReader,
  interfaceIndex: number,
  packetBytes: number,
): void {
  const link = reader.readLinks().find(({ index }) => index === interfaceIndex);
  if (link === undefined) return;
  const problem = mtuProblem(link, packetBytes);
  if (problem === null) return;
  throw new PreflightError(
    "mtu",
    problem.slice(0, 1).toUpperCase() + problem.slice(1),
    mtuRemedy(link.name, packetBytes),
  );
}
