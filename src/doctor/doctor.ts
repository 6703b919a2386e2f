import { MonotonicClock } from "../../ffi/clock.ts";
import { allowedProcessors, openFileLimit } from "../../ffi/machine_limits.ts";
import { grantedSendBuffer } from "../../ffi/socket_buffer.ts";
import { readTextFile } from "../../ffi/text_file.ts";
import {
  type Check,
  type CheckStatus,
  joinFamilies,
  worstStatus,
} from "./check.ts";
import type {
  CheckedScan,
  CheckedScan6,
  CheckedSettings,
} from "./checked_scan.ts";
import { readClockFacts } from "./clock.ts";
import {
  type ProcessorFacts,
  readProcessorFacts,
  readProcessorTimes,
} from "./cpu.ts";
import { diagnose, type Diagnosis } from "./diagnosis.ts";
import { checkedIpv4, checkedIpv6 } from "./family_scan.ts";
import { librariesCheck } from "./libraries.ts";
import { WANTED_SEND_BUFFER_BYTES } from "./limits.ts";
import { machineChecks, type MachineFacts } from "./machine_checks.ts";
import { availableMemory } from "./memory.ts";
import { leaveOutMissing } from "./missing_family.ts";
import type { OutputFacts } from "./output.ts";
import { smallestKnown, smallestLimit, verdict } from "./rate.ts";
import { type FamilyRates, measureRates } from "./rates.ts";
import { rightsCheck, userNamespacesCheck } from "./rights.ts";
import { outputSpace, tryWriting } from "./write_trial.ts";

/** What the doctor has to say. Plain data, which `--json` prints as it is. */
export interface DoctorReport {
  /** The worst of all checks. */
  readonly status: CheckStatus;
  readonly checks: readonly Check[];
  readonly rate: RateReport;
  /** One sentence: the rate that this machine can hold, and which part limits it. */
  readonly verdict: string;
}

/** Packets per second. */
export interface RateReport {
  /** What is asked for; null when it is not fixed. */
  readonly asked: number | null;
  /** What this machine can hold; null when nothing could be measured. */
  readonly possible: number | null;
  /** The part that limits it; null as above. */
  readonly limit: string | null;
  /** What was measured, null where nothing could be. */
  readonly measured: {
    readonly building: number | null;
    readonly sending: number | null;
    readonly receiving: number | null;
  };
}

/** The scan to be checked: one of each family that has targets, with the same settings. */
export interface DoctorScans {
  readonly ipv4: CheckedScan | null;
  readonly ipv6: CheckedScan6 | null;
  /** Nobody has named targets: a family that this host lacks is no concern, as long as it has the other. */
  readonly areTargetsAssumed: boolean;
}

/** How long the processors are watched. */
const WATCH_MS = 200;

/**
 * Looks at everything that a scan needs and measures what this machine can do, in about a second. Sends
 * nothing but, unless the kernel knows the gateways, ARP requests and neighbour solicitations for them. Writes to the
 * directory of the results for a moment, and leaves nothing there.
 *
 * @throws {RangeError} when there is no such kind of probe, or no scan
 * @throws {SyntaxError} when the probe's arguments do not parse
 */
export async function runDoctor(scans: DoctorScans): Promise<DoctorReport> {
  const settings = scans.ipv4 ?? scans.ipv6;
  if (settings === null) throw new RangeError("Cannot check without a scan");
  const processors = await watchProcessors();
  const firstChecks = [
    rightsCheck(readTextFile),
    userNamespacesCheck(readTextFile),
    librariesCheck(settings.capture.backend),
  ];
  const canSend = worstStatus(firstChecks) !== "error";
  const { ipv4, ipv6 } = scans;
  const { families, missing } = leaveOutMissing([
    ...ipv4 === null ? [] : [await diagnose(checkedIpv4(ipv4), canSend)],
    ...ipv6 === null ? [] : [await diagnose(checkedIpv6(ipv6), canSend)],
  ], scans.areTargetsAssumed);
  const checks = [
    ...firstChecks,
    ...missing,
    ...joinFamilies(families.map(({ network, situation }) => ({
      version: situation.scan.version,
      checks: network,
    }))),
    ...machineChecks(
      families.map(({ situation }) => situation),
      readMachine(settings, processors),
    ),
    ...joinFamilies(families.map(({ sending, situation }) => ({
      version: situation.scan.version,
      checks: sending,
    }))),
  ];
  return concludeWithRates(families, checks);
}

/** Measures, at the very end since no other thread may be busy then, and draws the conclusion. */
function concludeWithRates(
  families: readonly Diagnosis[],
  checks: readonly Check[],
): DoctorReport {
  const rates = families.map(measureRates);
  const limits = rates.flatMap(({ limits }) => limits);
  const limit = smallestLimit(limits);
  const all = [
    ...checks,
    ...joinFamilies(rates.map((one, index) => ({
      version: families[index]!.situation.scan.version,
      checks: one.checks,
    }))),
  ];
  const measured = (name: keyof FamilyRates["measured"]): number | null =>
    rounded(smallestKnown(rates.map((one) => one.measured[name])));
  const asked = {
    ...families[0]!.situation.asked,
    ratePps: smallestKnown(
      families.map(({ situation }) => situation.asked.ratePps),
    ),
  };
  const sending = measured("sending");
  return {
    status: worstStatus(all),
    checks: all,
    rate: {
      asked: asked.ratePps,
      possible: rounded(limit?.ratePps ?? null),
      limit: limit?.part ?? null,
      measured: {
        building: measured("building"),
        sending,
        receiving: measured("receiving"),
      },
    },
    verdict: verdict(limits, asked, {
      hasErrors: worstStatus(all) === "error",
      isSendingMeasured: sending !== null,
    }),
  };
}

function rounded(ratePps: number | null): number | null {
  return ratePps === null ? null : Math.round(ratePps);
}

async function watchProcessors(): Promise<ProcessorFacts> {
  const processors = allowedProcessors();
  const before = readProcessorTimes(readTextFile, processors);
  await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
  const after = readProcessorTimes(readTextFile, processors);
  return readProcessorFacts(readTextFile, processors, [before, after]);
}

function readMachine(
  { outputs }: CheckedSettings,
  processors: ProcessorFacts,
): MachineFacts {
  return {
    processors,
    clock: readClockFacts(readTextFile, new MonotonicClock(), true),
    availableMemory: availableMemory(readTextFile),
    sendBuffer: grantedSendBuffer(WANTED_SEND_BUFFER_BYTES),
    openFiles: openFileLimit(),
    outputs: outputs.map(({ path }) => readOutput(path)),
  };
}

function readOutput(path: string | null): OutputFacts {
  const space = outputSpace(path);
  const canTry = path !== null && space !== null;
  return { path, space, trial: canTry ? tryWriting(path, space) : null };
}
