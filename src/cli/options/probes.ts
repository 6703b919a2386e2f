import { PROBE_MODULES } from "../../probe/mod.ts";
import { parseWholeNumber } from "../option_parsers.ts";
import { flag, type OptionTable, setting } from "../option_spec.ts";

/** Values of `PROBE_OPTIONS`. */
export interface ProbeValues {
  readonly probeModule: string;
  readonly probeArgs: string;
  readonly probeTtl: number;
  readonly listProbeModules: boolean;
}

/** What is sent. */
export const PROBE_OPTIONS: OptionTable<ProbeValues> = {
  probeModule: setting({
    long: "probe-module",
    short: "M",
    argument: "NAME",
    group: "probes",
    help: "Kind of probe; --help explains the one in use",
    fallback: "tcp_synscan",
    fallbackText: "tcp_synscan",
    choices: PROBE_MODULES.map(({ name }) => name),
    parse: (text) => text,
  }),
  probeArgs: setting({
    long: "probe-args",
    argument: "ARGS",
    group: "probes",
    help: "Arguments of the kind of probe",
    fallback: "",
    parse: (text) => text,
  }),
  probeTtl: setting({
    long: "probe-ttl",
    argument: "HOPS",
    group: "probes",
    help: "Time to live of the probes, over IPv6 their hop limit",
    remedy: "Give a whole number from 1 to 255",
    fallback: 64,
    fallbackText: "64",
    parse: (text) =>
      parseWholeNumber(text, { what: "Time to live", min: 1, max: 255 }),
  }),
  listProbeModules: flag({
    long: "list-probe-modules",
    group: "probes",
    help: "List the kinds of probes",
  }),
};
