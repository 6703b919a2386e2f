/** The test network, and the demonstration that scans it. @module */
export { type DemoHooks, runDemo } from "./demo.ts";
export {
  Host,
  type HostCommandOptions,
  kill,
  NSENTER,
  SEARCH_PATH,
  UNSHARE,
} from "./host.ts";
export {
  GATEWAY_ADDRESS,
  GATEWAY_ADDRESS6,
  Network,
  type ProbeCount,
  SCANNER_ADDRESS,
  SCANNER_ADDRESS6,
  SCANNER_INTERFACE,
  SILENT_PREFIX6,
  SILENT_RANGE,
  TARGET_COUNT,
  TARGET_PREFIX6,
  TARGET_RANGE,
} from "./network.ts";
export {
  CHROMIUM,
  CHRONY,
  DEMO_REQUIREMENTS,
  installCommand,
  type Inventory,
  JQ,
  KNOT,
  missing,
  PROMETHEUS,
  type Requirement,
  takeInventory,
  TEST_OPTIONS,
  TEST_REQUIREMENTS,
  TMUX,
  TSHARK,
  XMLLINT,
} from "./requirements.ts";
export { type SelfCommand, selfCommand } from "./self.ts";
