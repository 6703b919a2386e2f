import { getLogger } from "@logtape/logtape";
import { formatCount, PreflightError } from "../base/mod.ts";
import { type Check, joinFamilies } from "../doctor/check.ts";
import type { LinkReader } from "../link/mod.ts";
import type { NetworkPlan, NetworkPlan6 } from "../preflight/mod.ts";
import type { AliasTable, IpVersion, ProbeOptions } from "../probe/mod.ts";
import { type NextHopMemory, sliceNextHops } from "../shm/mod.ts";
import type { TargetMix } from "../targets/mod.ts";
import type { Ipv4Scan, Ipv6Scan, ScanTargets } from "./config.ts";
import { Ipv4Live } from "./ipv4_live.ts";
import { Ipv6Live } from "./ipv6_live.ts";
import type { LiveFamily, ReceiveTargets, SendTargets } from "./live_family.ts";
import { mixNetworks } from "./mixed_network.ts";
import { MixedNetworkWatch } from "./mixed_watch.ts";
import type { ScanNetwork } from "./network.ts";
import type { NetworkWatch } from "./network_watch.ts";
import { countOfFamily, onlyFamily } from "./scan_targets.ts";

/** Failed checks by which a machine lacks one of the families, and can scan the other. */
const LACKS: ReadonlySet<string> = new Set([
  "route",
  "source-address",
  "ipv6",
]);

/** The ways to the targets of both families. */
interface BothPlans {
  readonly ipv4: NetworkPlan;
  readonly ipv6: NetworkPlan6;
}

/** A live scan of targets of both families. Where the machine lacks one of them, of the other alone. */
export class MixedLive implements LiveFamily {
  readonly #ipv4: Ipv4Live;
  readonly #ipv6: Ipv6Live;
  readonly #mix: TargetMix;
  /** Families whose source addresses the user has named. */
  readonly #hasSources: Readonly<Record<IpVersion, boolean>>;
  readonly #logger = getLogger(["pacemap", "scan"]);
  #targets: ScanTargets;
  #plans: BothPlans | null = null;
  /** The only family that is left; null: both. */
  #rest: LiveFamily | null = null;

  constructor(
    targets: ScanTargets & { readonly mix: TargetMix },
    scans: { readonly ipv4: Ipv4Scan; readonly ipv6: Ipv6Scan },
  ) {
    this.#targets = targets;
    this.#mix = targets.mix;
    this.#ipv4 = new Ipv4Live(scans.ipv4);
    this.#ipv6 = new Ipv6Live(scans.ipv6);
    const { sourceAddresses, sourceAddresses6 } = scans.ipv4.network;
    this.#hasSources = {
      4: sourceAddresses !== null,
      6: sourceAddresses6 !== null,
    };
  }

  get targets(): ScanTargets {
    return this.#targets;
  }

  async resolve(): Promise<ScanNetwork> {
    const ipv4 = await this.#try(4, () => this.#ipv4.resolve());
    const ipv6 = await this.#try(6, () => this.#ipv6.resolve());
    if (ipv4 instanceof PreflightError) {
      if (ipv6 instanceof PreflightError) throw ipv4;
      this.#leaveOut(4, ipv4);
      return ipv6;
    }
    if (ipv6 instanceof PreflightError) {
      this.#leaveOut(6, ipv6);
      return ipv4;
    }
    this.#plans = await this.#atOneLayer({ ipv4, ipv6 });
    return mixNetworks(this.#plans.ipv4, this.#plans.ipv6);
  }

  async askNeighbours(ratePps: number, signal: AbortSignal): Promise<void> {
    for (const family of this.#families) {
      if (!signal.aborted) await family.askNeighbours(ratePps, signal);
    }
  }

  async hostAnswers(signal: AbortSignal): Promise<boolean> {
    for (const family of this.#families) {
      if (!await family.hostAnswers(signal)) return false;
    }
    return true;
  }

  watch(): NetworkWatch {
    if (this.#rest !== null) return this.#rest.watch();
    const ipv4 = this.#ipv4.watch();
    try {
      const { nextHops } = this.#plans!.ipv4;
      return new MixedNetworkWatch(ipv4, this.#ipv6.watch(), nextHops.length);
    } catch (error) {
      ipv4[Symbol.dispose]();
      throw error;
    }
  }

  check(): readonly Check[] {
    if (this.#rest !== null) return this.#rest.check();
    return joinFamilies([
      { version: 4, checks: this.#ipv4.check() },
      { version: 6, checks: this.#ipv6.check() },
    ]);
  }

  countOwn(reader: LinkReader): number {
    return this.#families.reduce(
      (sum, family) => sum + family.countOwn(reader),
      0,
    );
  }

  sending(
    options: ProbeOptions,
    nextHops: NextHopMemory | null,
    aliasTable: AliasTable | null,
  ): SendTargets {
    if (this.#rest !== null) {
      return this.#rest.sending(options, nextHops, aliasTable);
    }
    const count4 = this.#plans!.ipv4.nextHops.length;
    const hops4 = nextHops && sliceNextHops(nextHops, 0, count4);
    const hops6 = nextHops && sliceNextHops(nextHops, count4);
    const { ipv6, ...rest } = this.#ipv6.sending(options, hops6, aliasTable);
    return {
      mixed: {
        mix: this.#mix,
        ipv4: this.#ipv4.sending(options, hops4),
        ipv6: { ...ipv6, ...rest },
      },
    };
  }

  receiving(probeModule: string, options: ProbeOptions): ReceiveTargets {
    if (this.#rest !== null) return this.#rest.receiving(probeModule, options);
    return {
      ...this.#ipv4.receiving(probeModule, options),
      ...this.#ipv6.receiving(probeModule, options),
      mix: this.#mix,
    };
  }

  get #families(): readonly LiveFamily[] {
    return this.#rest === null ? [this.#ipv4, this.#ipv6] : [this.#rest];
  }

  /** The way of one family, or why the machine lacks that family. */
  async #try<Plan>(
    family: IpVersion,
    resolve: () => Promise<Plan>,
  ): Promise<Plan | PreflightError> {
    try {
      return await resolve();
    } catch (error) {
      const isLack = error instanceof PreflightError && LACKS.has(error.check);
      const isNamed = this.#hasSources[family];
      if (!isLack || (isNamed && error.check === "source-address")) throw error;
      return error;
    }
  }

  #leaveOut(family: IpVersion, error: PreflightError): void {
    const count = countOfFamily(this.#targets, family);
    this.#logger.warn(
      "IPv{family}: {count} targets skipped: {reason}. {remedy}",
      {
        family,
        count: formatCount(count),
        reason: error.message,
        remedy: error.remedy,
      },
    );
    this.#rest = family === 4 ? this.#ipv6 : this.#ipv4;
    this.#targets = onlyFamily(this.#targets, family === 4 ? 6 : 4);
  }

  /** Where the kernel has to write the link headers of one family, it writes those of the other, too. */
  async #atOneLayer(plans: BothPlans): Promise<BothPlans> {
    const { ipv4, ipv6 } = plans;
    if (ipv4.layer === ipv6.layer) return plans;
    const options = { isIpLayer: true };
    if (ipv4.layer === "ip") {
      const plan = await this.#ipv6.resolve(options);
      const reason =
        `Sending IP packets through ${plan.interfaceName} as those of IPv4`;
      return { ipv4, ipv6: { ...plan, reason } };
    }
    const plan = await this.#ipv4.resolve(options);
    const reason =
      `Sending IP packets through ${plan.interfaceName} as those of IPv6`;
    return { ipv4: { ...plan, reason }, ipv6 };
  }
}
