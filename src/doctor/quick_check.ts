import { getLogger } from "@logtape/logtape";
import { MonotonicClock } from "../../ffi/clock.ts";
import { allowedProcessors, openFileLimit } from "../../ffi/machine_limits.ts";
import { grantedSendBuffer } from "../../ffi/socket_buffer.ts";
import { readTextFile } from "../../ffi/text_file.ts";
import { PreflightError } from "../base/mod.ts";
import { type IpAddress, LinkReader } from "../link/mod.ts";
import type { NetworkPlan } from "../preflight/mod.ts";
import type { Check } from "./check.ts";
import { readClockFacts } from "./clock.ts";
import { readProcessorFacts } from "./cpu.ts";
import type { FamilyScan } from "./family_scan.ts";
import { WANTED_SEND_BUFFER_BYTES } from "./limits.ts";
import { machineChecks } from "./machine_checks.ts";
import { availableMemory } from "./memory.ts";
import { readSituation } from "./situation.ts";
import { linkRates, networkChecks } from "./situation_checks.ts";
import { outputSpace } from "./write_trial.ts";

/**
 * Checks what can be checked at once, some 10 ms, when the way to the targets is known: as the doctor does,
 * but for what has to be measured. Sends nothing, writes nothing.
 */
export function quickCheck<A extends IpAddress, R>(
  scan: FamilyScan<A, R>,
  plan: NetworkPlan<A, R>,
): Check[] {
  using reader = LinkReader.open();
  const link =
    reader.readLinks().find(({ index }) => index === plan.interfaceIndex) ??
      null;
  const situation = readSituation(reader, scan, { link, plan });
  return [
    ...networkChecks(situation, readTextFile),
    ...machineChecks([situation], {
      processors: readProcessorFacts(readTextFile, allowedProcessors()),
      clock: readClockFacts(readTextFile, new MonotonicClock(), false),
      availableMemory: availableMemory(readTextFile),
      sendBuffer: grantedSendBuffer(WANTED_SEND_BUFFER_BYTES),
      openFiles: openFileLimit(),
      outputs: scan.settings.outputs.map(({ path }) => ({
        path,
        space: outputSpace(path),
        trial: null,
      })),
    }),
    ...linkRates(situation).map(({ check }) => check),
  ];
}

/**
 * Logs the warnings among checks.
 *
 * @throws {PreflightError} for the first error, under the check's name
 */
export function reportChecks(checks: readonly Check[]): void {
  const logger = getLogger(["pacemap", "preflight"]);
  for (const check of checks) {
    const { family, found, needed, remedy, status } = check;
    if (status === "error") {
      throw new PreflightError(check.name, upperFirst(found), remedy);
    }
    if (status === "ok") continue;
    const name = family === undefined
      ? check.name
      : `${check.name} IPv${family}`;
    logger.warn(
      "{name}: {found}; needed: {needed}. {remedy}",
      { name, found, needed, remedy },
    );
  }
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
