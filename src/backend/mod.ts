/** Ways to exchange packets with the kernel, each behind the same small interface. @module */
export type { PacketSink } from "./packet_sink.ts";
export type { PacketSource } from "./packet_source.ts";
export {
  RECEIVE_BACKENDS,
  type ReceiveBackend,
  SEND_BACKENDS,
  type SendBackend,
} from "./names.ts";
export { type OpenedSink, openSink, type SinkRequest } from "./open_sink.ts";
export {
  type OpenedSource,
  openSource,
  type SourceRequest,
} from "./open_source.ts";
export { captureProgram } from "./capture_program.ts";
export { elsewhereProgram } from "./elsewhere_program.ts";
export { type SendError, sendError } from "./send_errors.ts";
export { type Label, ProgramWriter } from "./program_writer.ts";
