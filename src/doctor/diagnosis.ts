import { readTextFile } from "../../ffi/text_file.ts";
import { PreflightError } from "../base/mod.ts";
import {
  findByName,
  type IpAddress,
  type LinkInfo,
  LinkReader,
} from "../link/mod.ts";
import {
  choosePathOf,
  ipv6Problem,
  type NetworkPlan,
} from "../preflight/mod.ts";
import { type Check, fail, worstStatus } from "./check.ts";
import type { FamilyScan, FamilyTargets } from "./family_scan.ts";
import { sendBackendCheck } from "./send_backend.ts";
import { readSituation, type Situation } from "./situation.ts";
import {
  familyChecks,
  kernelChecks,
  linkChecks,
  wayChecks,
} from "./situation_checks.ts";

/** What was found about the scan of one family. */
export interface Diagnosis {
  readonly situation: Situation;
  /** Interface, route and kernel. */
  readonly network: readonly Check[];
  /** How frames are handed to the kernel; empty when there is no way. */
  readonly sending: readonly Check[];
  /** What is measured: the scan, with the back end that it will have. */
  readonly measured: FamilyTargets;
}

/** Errors of the search for a way that may come from the interface. */
const INTERFACE_PROBLEMS: ReadonlySet<string> = new Set(["interface", "ipv6"]);

/**
 * Finds the way of a scan and checks it. Sends nothing but, unless the kernel knows the gateways, requests for their
 * hardware addresses.
 *
 * @param canSend whether there are the rights to look for the way
 */
export async function diagnose<A extends IpAddress, R>(
  scan: FamilyScan<A, R>,
  canSend: boolean,
): Promise<Diagnosis> {
  const way = await findWay(scan, canSend);
  using reader = LinkReader.open();
  const situation = readSituation(reader, scan, way);
  const linkResults = linkChecks(situation);
  const network = [
    ...oneOfBoth(linkResults, way.problem),
    ...wayChecks(situation),
    ...kernelChecks(situation, readTextFile),
    ...familyChecks(situation, readTextFile),
  ];
  if (way.plan === null) {
    return { situation, network, sending: [], measured: scan };
  }
  const { backend, check } = sendBackendCheck(scan, way.plan);
  return {
    situation,
    network,
    sending: [check],
    measured: backend === null ? scan : withBackend(scan, backend),
  };
}

/** The check of the interface and the error that ended the search for a way, or one where both are about it. */
function oneOfBoth(
  linkResults: readonly Check[],
  problem: Check | null,
): readonly Check[] {
  if (problem === null) return linkResults;
  const isAboutLink = INTERFACE_PROBLEMS.has(problem.name);
  if (!isAboutLink) return [...linkResults, problem];
  // The check knows more about it than the error, if it knows the cause.
  return worstStatus(linkResults) === "error" ? linkResults : [problem];
}

function withBackend(
  scan: FamilyTargets,
  backend: FamilyTargets["settings"]["send"]["backend"],
): FamilyTargets {
  const { settings } = scan;
  const send = { ...settings.send, backend };
  return { ...scan, settings: { ...settings, send } };
}

/** The way to the targets as far as it was found, and what is wrong with it. */
interface Way<A extends IpAddress, R> {
  readonly link: LinkInfo | null;
  readonly plan: NetworkPlan<A, R> | null;
  readonly problem: Check | null;
}

/** Finds the interface, and then, which takes rights, all the rest. */
async function findWay<A extends IpAddress, R>(
  scan: FamilyScan<A, R>,
  canSend: boolean,
): Promise<Way<A, R>> {
  const link = findLink(scan);
  if (!canSend) return { link, plan: null, problem: null };
  try {
    const plan = await scan.resolve();
    return { link: linkOf(plan.interfaceIndex) ?? link, plan, problem: null };
  } catch (error) {
    if (!(error instanceof PreflightError)) throw error;
    const { check: name, message: found, remedy } = error;
    const needed = "a way to the targets";
    return { link, plan: null, problem: fail(name, { found, needed, remedy }) };
  }
}

/** The interface that the scan would take, ready or not; null when there is none. */
function findLink<A extends IpAddress, R>(
  { family, request }: FamilyScan<A, R>,
): LinkInfo | null {
  using reader = LinkReader.open();
  const { interfaceName } = request;
  if (interfaceName !== null) {
    return findByName(reader.readLinks(), interfaceName) ?? null;
  }
  try {
    return choosePathOf(family, reader, request).link;
  } catch (error) {
    if (error instanceof PreflightError) return null;
    throw error;
  }
}

function linkOf(index: number): LinkInfo | null {
  using reader = LinkReader.open();
  return reader.readLinks().find((link) => link.index === index) ?? null;
}

/** Whether the kernel knows any way to the targets, working or not. Needs no rights. */
export function hasRoute<A extends IpAddress, R>(
  { family, request, version }: FamilyScan<A, R>,
): boolean {
  if (version === 6 && ipv6Problem(null) !== null) return false;
  using reader = LinkReader.open();
  try {
    const { link, route } = choosePathOf(family, reader, request);
    return route !== null || request.gatewayMac !== null ||
      !link.hasEthernetHeader;
  } catch (error) {
    if (error instanceof PreflightError) return error.check !== "route";
    throw error;
  }
}
