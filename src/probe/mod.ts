/** What a scan sends and how it reads what comes back: the kinds of probes and their columns. @module */
export {
  type PayloadArgs,
  type PayloadKind,
  splitPayloadArgs,
} from "./_arguments.ts";
export {
  hasAppSuccess,
  type Probe,
  type ProbeModule,
  type ProbeOptions,
  type Response,
  type ResponseClass,
  TARGET_ADDRESS,
  TARGET_MICROSECONDS,
  TARGET_PORT,
  TARGET_PROBE,
  TARGET_SECONDS,
  TARGET_SLOTS,
  TARGET_SOURCE,
} from "./probe.ts";
export {
  describeFrame,
  describeIpv4,
  describePayload,
  describeUdp,
  type FramePlace,
} from "./describe.ts";
export {
  FrameBuilder,
  type FrameBuilderParts,
  type FrameHops,
} from "./frame_builder.ts";
export {
  findProbeModule,
  PROBE_MODULES,
  requireProbeModule,
} from "./registry.ts";
export { responseColumns } from "./response_columns.ts";
