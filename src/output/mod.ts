/** Result rows, result files, metadata files and the log. @module */
export {
  createRowWriter,
  type RowFormat,
  type RowWriterOptions,
} from "./row_writer.ts";
export { type Chunk, EMPTY_CHUNK, type RowEncoder } from "./row_encoder.ts";
export type {
  OutputContext,
  OutputModule,
  OutputSelection,
} from "./output_module.ts";
export {
  findOutputFormat,
  loadOutputModules,
  OUTPUT_FORMATS,
  type OutputFormat,
  requireOutputModule,
} from "./registry.ts";
export { ResultFile, type ResultFileStatus } from "./result_file.ts";
export { type ByteSink, FileSink, type SinkFacts } from "./byte_sink.ts";
export { ContentDigest } from "./content_digest.ts";
export { describeFileError } from "./file_error.ts";
export {
  type OpenOptions,
  openSinkNow,
  outputDescriptor,
  outputName,
  STANDARD_OUTPUT,
} from "./open_sink.ts";
export { PatientWriter } from "./patient_writer.ts";
export { outputFault } from "./output_fault.ts";
export { LogChannel, type LogChannelParts } from "./log_channel.ts";
export { syncDirectory } from "./sync_directory.ts";
export { JsonSource } from "./json_text.ts";
export { MetadataFile } from "./metadata.ts";
export { wholeLinesBytes } from "./whole_lines.ts";
