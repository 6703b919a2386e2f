import { MonotonicClock } from "../../ffi/clock.ts";
import { allowedProcessors, openFileLimit } from "../../ffi/machine_limits.ts";
import { grantedSendBuffer } from "../../ffi/socket_buffer.ts";
import { readTextFile } from "../../ffi/text_file.ts";
import { PreflightError } from "../base/mod.ts";
import { findByName, type LinkInfo, LinkReader } from "../link/mod.ts";
import {
  choosePath,
  type NetworkPlan,
  networkRequest,
  resolveNetwork,
} from "../preflight/mod.ts";
import { measureBuilding, measureSending } from "./send_calibration.ts";
import { type Check, type CheckStatus, fail, worstStatus } from "./check.ts";
import type { CheckedScan } from "./checked_scan.ts";
import { readClockFacts } from "./clock.ts";
import {
  type ProcessorFacts,
  readProcessorFacts,
  readProcessorTimes,
} from "./cpu.ts";
import { librariesCheck } from "./libraries.ts";
import { WANTED_SEND_BUFFER_BYTES } from "./limits.ts";
import { machineChecks, type MachineFacts } from "./machine_checks.ts";
import { availableMemory } from "./memory.ts";
import type { OutputFacts } from "./output.ts";
import {
  buildingCheck,
  buildingLimit,
  receivingCheck,
  sendingCheck,
  smallestLimit,
  verdict,
} from "./rate.ts";
import { measureReceiving } from "./receive_calibration.ts";
import { rightsCheck, userNamespacesCheck } from "./rights.ts";
import { sendBackendCheck } from "./send_backend.ts";
import { readSituation, type Situation } from "./situation.ts";
import {
  kernelChecks,
  linkChecks,
  linkRates,
  wayChecks,
} from "./situation_checks.ts";
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

/** How long the processors are watched. */
const WATCH_MS = 200;

/**
 * Looks at everything that a scan needs and measures what this machine can do, in about a second. Sends
 * nothing but, unless the kernel knows the gateway, ARP requests for it. Writes to the directory of the
 * results for a moment, and leaves nothing there.
 *
 * @throws {RangeError} when there is no such kind of probe
 * @throws {SyntaxError} when the probe's arguments do not parse
 */
export async function runDoctor(scan: CheckedScan): Promise<DoctorReport> {
  const processors = await watchProcessors();
  const firstChecks = [
    rightsCheck(readTextFile),
    userNamespacesCheck(readTextFile),
    librariesCheck(scan.capture.backend),
  ];
  const canSend = worstStatus(firstChecks) !== "error";
  const way = await findWay(scan, canSend);
  using reader = LinkReader.open();
  const situation = readSituation(reader, scan, way);
  const linkResults = linkChecks(situation);
  // The check of the interface knows more about it than the error that ended the search for a way.
  const isTold = way.problem?.name === "interface" && linkResults.length > 0 &&
    worstStatus(linkResults) === "error";
  const checks = [
    ...firstChecks,
    ...linkResults,
    ...way.problem === null || isTold ? [] : [way.problem],
    ...wayChecks(situation),
    ...kernelChecks(situation, readTextFile),
    ...machineChecks(situation, readMachine(scan, processors)),
  ];
  if (way.plan === null) return concludeWithRates(situation, checks);
  const { backend, check } = sendBackendCheck(scan, way.plan);
  return concludeWithRates(
    backend === null
      ? situation
      : { ...situation, scan: { ...scan, send: { ...scan.send, backend } } },
    [...checks, check],
  );
}

/** Measures, at the very end since no other thread may be busy then, and draws the conclusion. */
function concludeWithRates(
  situation: Situation,
  checks: readonly Check[],
): DoctorReport {
  const { asked, details, layer, scan } = situation;
  const building = measureBuilding(scan);
  const sending = measureSending(scan, {
    layer,
    driver: details?.driver ?? null,
  });
  const receiving = measureReceiving(scan);
  const capacity = {
    senders: scan.send.senders,
    processors: allowedProcessors().length,
  };
  const rates = [
    ...linkRates(situation),
    sendingCheck(sending, asked, capacity),
  ];
  const limits = rates.map(({ limit }) => limit).filter((one) => one !== null);
  // Only a bound from above: whoever sends builds first.
  const bound = sending.ratePps === null ? buildingLimit(building) : null;
  if (bound !== null) limits.push(bound);
  const limit = smallestLimit(limits);
  const all = [
    ...checks,
    ...rates.slice(0, -1).map(({ check }) => check),
    buildingCheck(building, asked),
    ...rates.slice(-1).map(({ check }) => check),
    receivingCheck(receiving, asked),
  ];
  return {
    status: worstStatus(all),
    checks: all,
    rate: {
      asked: asked.ratePps,
      possible: rounded(limit?.ratePps ?? null),
      limit: limit?.part ?? null,
      measured: {
        building: rounded(building.ratePps),
        sending: rounded(sending.ratePps),
        receiving: rounded(receiving.ratePps),
      },
    },
    verdict: verdict(limits, asked, {
      hasErrors: worstStatus(all) === "error",
      isSendingMeasured: sending.ratePps !== null,
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
  scan: CheckedScan,
  processors: ProcessorFacts,
): MachineFacts {
  return {
    processors,
    clock: readClockFacts(readTextFile, new MonotonicClock(), true),
    availableMemory: availableMemory(readTextFile),
    sendBuffer: grantedSendBuffer(WANTED_SEND_BUFFER_BYTES),
    openFiles: openFileLimit(),
    outputs: scan.outputs.map(({ path }) => readOutput(path)),
  };
}

function readOutput(path: string | null): OutputFacts {
  const space = outputSpace(path);
  const canTry = path !== null && space !== null;
  return { path, space, trial: canTry ? tryWriting(path, space) : null };
}

/** The way to the targets as far as it was found, and what is wrong with it. */
interface Way {
  readonly link: LinkInfo | null;
  readonly plan: NetworkPlan | null;
  readonly problem: Check | null;
}

/** Finds the interface, and then, which takes rights, all the rest. */
async function findWay(scan: CheckedScan, canSend: boolean): Promise<Way> {
  const request = networkRequest(scan);
  const link = findLink(scan);
  if (!canSend) return { link, plan: null, problem: null };
  try {
    const plan = await resolveNetwork(request);
    return { link: linkOf(plan.interfaceIndex) ?? link, plan, problem: null };
  } catch (error) {
    if (!(error instanceof PreflightError)) throw error;
    const { check: name, message: found, remedy } = error;
    const needed = "a way to the targets";
    return { link, plan: null, problem: fail(name, { found, needed, remedy }) };
  }
}

/** The interface that the scan would take, ready or not; null when there is none. */
function findLink(scan: CheckedScan): LinkInfo | null {
  const request = networkRequest(scan);
  using reader = LinkReader.open();
  const { interfaceName } = request;
  if (interfaceName !== null) {
    return findByName(reader.readLinks(), interfaceName) ?? null;
  }
  try {
    return choosePath(reader, request).link;
  } catch (error) {
    if (error instanceof PreflightError) return null;
    throw error;
  }
}

function linkOf(index: number): LinkInfo | null {
  using reader = LinkReader.open();
  return reader.readLinks().find((link) => link.index === index) ?? null;
}
