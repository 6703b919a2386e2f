import {
  type ListenAddress,
  parseListenAddress,
} from "../../watch/listen_address.ts";
import { parsePath } from "../option_parsers.ts";
import { type OptionTable, PATH_REMEDY, setting } from "../option_spec.ts";

/** Values of `WATCH_OPTIONS`. */
export interface WatchValues {
  readonly listen: ListenAddress | null;
  readonly metricsFile: string | null;
  readonly report: string | null;
}

/** How a running scan is watched. */
export const WATCH_OPTIONS: OptionTable<WatchValues> = {
  listen: setting({
    long: "listen",
    argument: "ADDRESS:PORT",
    group: "logging",
    help:
      "Show the running scan to browsers and Prometheus: a page, /metrics, /api/status; port 0 takes a free one; unix:PATH is a socket",
    remedy:
      "Give an address of this machine and a port, for example 127.0.0.1:8080, or unix:/run/pacemap.sock",
    fallback: null,
    fallbackText: "nothing listens",
    parse: parseListenAddress,
  }),
  metricsFile: setting({
    long: "metrics-file",
    argument: "FILE",
    group: "logging",
    help:
      "Write the metrics once a second, for the textfile collector of node_exporter",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
  report: setting({
    long: "report",
    argument: "FILE",
    group: "logging",
    help:
      "Write a report when the scan ends: one HTML file with its course, map and losses, and what to do about them",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
};
