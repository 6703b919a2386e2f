import { readTextFile } from "../../ffi/text_file.ts";
import { PreflightError } from "../base/mod.ts";
import {
  findByName,
  type IpAddress,
  type LinkInfo,
  LinkReader,
} from "../link/mod.ts";
import { choosePathOf, type NetworkPlan } from "../preflight/mod.ts";
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
  /** What this host lacks for probes of this family; null: nothing. */
  readonly lack: Check | null;
  /** How frames are handed to the kernel; empty when there is no way. */
  readonly sending: readonly Check[];
  /** What is measured: the scan, with the back end that it will have. */
  readonly measured: FamilyTargets;
}

/** Errors of the search for a way by which a host lacks a family. */
const LACKS: ReadonlySet<string> = new Set(["ipv6", "route", "source-address"]);

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
    const lack = lackOf(scan, way.problem);
    return { situation, network, lack, sending: [], measured: scan };
  }
  const { backend, check } = sendBackendCheck(scan, way.plan);
  return {
    situation,
    network,
    lack: null,
    sending: [check],
    measured: backend === null ? scan : withBackend(scan, backend),
  };
}

/** What is wrong with a source address that the user has named is no lack of the host's. */
function lackOf<A extends IpAddress, R>(
  { request }: FamilyScan<A, R>,
  problem: Check | null,
): Check | null {
  if (problem === null || !LACKS.has(problem.name)) return null;
  const isNamed = request.sourceAddresses !== null;
  return problem.name === "source-address" && isNamed ? null : problem;
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
