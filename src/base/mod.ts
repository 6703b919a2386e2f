/** Address type, error classes, plain texts and the seeded generator: what every room may use. @module */
export { formatIpv4, type Ipv4Address, parseIpv4 } from "./ipv4.ts";
export {
  formatIpv6,
  formatIpv6At,
  formatIpv6Words,
  IPV6_WORDS,
  type Ipv6Address,
  ipv6OfWords,
  parseIpv6,
  parseIpv6Words,
  storeIpv6,
} from "./ipv6.ts";
export { formatIp, type IpAddress } from "./ip_address.ts";
export { scanIpv6 } from "./ipv6_scan.ts";
export { ENVIRONMENT_VARIABLES } from "./environment.ts";
export { ConfigError, PreflightError } from "./errors.ts";
export { formatCount } from "./count.ts";
export { descriptorOf } from "./descriptor.ts";
export { encodeHex } from "./hex.ts";
export { formatLocalTime, type LocalTime, localTime } from "./local_time.ts";
export { escapeUnsafe, escapeUnsafeInLines } from "./unsafe_text.ts";
export { SeededRandom } from "./random.ts";
export type { Column, Value, ValueType } from "./column.ts";
export type { Clock } from "./clock.ts";
export { type WorkerScope, workerScope } from "./worker_scope.ts";
