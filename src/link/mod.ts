/** What the kernel knows of interfaces, routes, neighbours and queues, as plain snapshots. @module */
export { DescriptorReader, readDescriptor } from "./descriptor_input.ts";
export { environmentNames } from "../../ffi/environment.ts";
export { NotifySocket } from "../../ffi/notify_socket.ts";
export { pathFacts } from "../../ffi/file_facts.ts";
export { readTextFile } from "../../ffi/text_file.ts";
export { effectiveUserId } from "../../ffi/privileges.ts";
export { otherWriters } from "./file_writers.ts";
export { type OutputName, outputNameOf } from "./output_name.ts";
export { FileLock } from "../../ffi/file_lock.ts";
export { NameExchange } from "../../ffi/name_exchange.ts";
export { FileWitness } from "../../ffi/file_witness.ts";
export {
  type Cover,
  DescriptorOutput,
  isSpecialFile,
} from "./descriptor_output.ts";
export { type HostNames, readHostNames } from "./host_names.ts";
export { LinkMonitor, type LinkNews } from "./link_monitor.ts";
export {
  findByName,
  interfaceNameOf,
  nameInterfacesThrough,
} from "./interface_name.ts";
export { FamilyReader, LOOPBACK_INDEX } from "./family_reader.ts";
export {
  formatIp,
  type IpAddress,
  type IpFamily,
  IPV4_FAMILY,
  IPV6_FAMILY,
  prefixesOverlap,
} from "./ip_family.ts";
export { LinkReader } from "./link_reader.ts";
export { type LinkDetails, readLinkDetails } from "./link_details.ts";
export {
  egressChains,
  type Firewall,
  type FirewallChain,
  type FirewallStage,
  readFirewall,
} from "./firewall.ts";
export type {
  AddressInfo,
  AddressState,
  LinkCounters,
  LinkInfo,
  Prefix,
  QueueCounters,
  RoutedPrefix,
  RouteInfo,
  RouteQuery,
} from "./facts.ts";
export { mtuProblem, mtuRemedy } from "./mtu.ts";
export { ErrnoError, errnoName, errnoText } from "./errors.ts";
