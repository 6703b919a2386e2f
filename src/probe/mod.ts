/** What a scan sends and how it reads what comes back: the kinds of probes and their columns. @module */
export {
  PAYLOAD_KINDS,
  type PayloadArgs,
  type PayloadKind,
  splitPayloadArgs,
} from "./_arguments.ts";
export {
  hasAppSuccess,
  type IpVersion,
  type Probe,
  type ProbeModule,
  type ProbeOptions,
  type Response,
  type ResponseClass,
  sendsTo,
  TARGET_ADDRESS,
  TARGET_ADDRESS6,
  TARGET_MICROSECONDS,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SECONDS,
  TARGET_SLOTS,
  TARGET_SOURCE,
  TARGET_SOURCE6,
} from "./probe.ts";
export {
  describeFrame,
  describeIp,
  describePayload,
  describeUdp,
  type FramePlace,
} from "./describe.ts";
export {
  FrameBuilder,
  type FrameBuilderParts,
  type FrameHops,
  type FrameMakers,
  type FrameTargets,
  type Ipv6FrameHops,
} from "./frame_builder.ts";
export {
  type FamilyFrames,
  MixedFrameBuilder,
  type MixedFrameParts,
} from "./mixed_frame_builder.ts";
export type { FrameMaker, FrameOrder, FrameParts } from "./_frame_order.ts";
export type { Ipv4Frames } from "./_ipv4_frames.ts";
export type { Ipv6Frames } from "./_ipv6_frames.ts";
export {
  type Ipv6Sources,
  makeSourceReader,
  type SourceReader,
} from "./ipv6_sources.ts";
export {
  ALIAS_CHILDREN,
  ALIAS_FIRST,
  ALIAS_PREFIX_BITS,
  AliasAddresses,
  AliasFrames,
  aliasMark,
  type AliasTable,
  computeAliasTag,
  makeAliasTable,
  setAliasEntry,
} from "./alias_probes.ts";
export {
  findProbeModule,
  PROBE_MODULES,
  requireProbeModule,
} from "./registry.ts";
export {
  hopLimitOf,
  type IcmpFacts,
  icmpFactsOf,
  isFromTarget,
  isIpv6Response,
  type ProbeProtocol,
  probeProtocol,
  statedLengthOf,
  targetTextOf,
  tcpFlagsOf,
} from "./answer_facts.ts";
export {
  ALIASED_COLUMN,
  BLANK_COLUMN,
  responseColumns,
} from "./response_columns.ts";
export { type LibraryPayload, UDP_PAYLOADS } from "./payloads/mod.ts";
