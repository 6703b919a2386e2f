import type { Check } from "./check.ts";
import { interfaceCheck } from "./interface.ts";
import {
  conntrackCheck,
  type FilteredScan,
  firewallCheck,
  kernelAnswersCheck,
  neighboursCheck,
  readConntrackFacts,
  reversePathCheck,
} from "./kernel_filters.ts";
import { ownAddressesCheck, pathChecks } from "./path.ts";
import { advertisementsCheck, answerLimitsCheck } from "./ipv6_checks.ts";
import { linkSpeedCheck, queueCheck, type RateCheck } from "./rate.ts";
import type { ReadText } from "./read_text.ts";
import type { Situation } from "./situation.ts";

/** All that the kernel knows about the way of the probes: the checks below, in the order of the lines. */
export function networkChecks(
  situation: Situation,
  readText: ReadText,
): Check[] {
  return [
    ...linkChecks(situation),
    ...wayChecks(situation),
    ...kernelChecks(situation, readText),
    ...familyChecks(situation, readText),
  ];
}

/** The interface; nothing when none was found. */
export function linkChecks(situation: Situation): Check[] {
  const { asked, details, link, packetBytes } = situation;
  if (link === null) return [];
  const { version } = situation.scan;
  const need = { packetBytes, ratePps: asked.ratePps, version };
  return [interfaceCheck(link, details, need)];
}

/** Source addresses, route and gateway; nothing when no way to the targets was found. */
export function wayChecks(situation: Situation): Check[] {
  const { firstTarget, link, plan, unanswered } = situation;
  if (plan === null) return [];
  return [
    ...pathChecks(plan, firstTarget, situation),
    ownAddressesCheck(unanswered, link?.isLoopback === true),
  ];
}

/** What of the host's settings matters to scans of one family alone; nothing when no interface was found. */
export function familyChecks(
  situation: Situation,
  readText: ReadText,
): Check[] {
  const { asked, isAdvertised, link, plan, protocol, scan } = situation;
  if (scan.version === 4 || link === null || plan === null) return [];
  return [
    advertisementsCheck(readText, link.name, isAdvertised),
    answerLimitsCheck(protocol, asked.ratePps),
  ];
}

/** What the kernel itself does with probes and answers; nothing when no interface was found. */
export function kernelChecks(
  situation: Situation,
  readText: ReadText,
): Check[] {
  const { addresses, firewall, link, onLinkCount, plan } = situation;
  if (link === null) return [];
  const scan: FilteredScan = {
    version: situation.scan.version,
    interfaceName: link.name,
    layer: situation.layer,
    protocol: situation.protocol,
    targetCount: situation.targetCount,
    ratePps: situation.asked.ratePps,
  };
  const areSourcesOwn = plan === null ||
    plan.sourceAddresses.every((source) =>
      addresses.some(({ address }) => address === source)
    );
  return [
    neighboursCheck(readText, onLinkCount, scan),
    conntrackCheck(
      readConntrackFacts(readText, scan, firewall),
      scan,
    ),
    firewallCheck(firewall, scan),
    reversePathCheck(readText, scan),
    kernelAnswersCheck(scan, areSourcesOwn),
  ];
}

/** The rates that interface and queue allow; nothing when no interface was found. */
export function linkRates(situation: Situation): RateCheck[] {
  const { asked, details, link } = situation;
  if (link === null) return [];
  const named = { name: link.name, details };
  return [linkSpeedCheck(named, asked), queueCheck(named, asked)];
}
