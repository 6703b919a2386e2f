/** Result rows, result files and metadata files. @module */
export {
  createRowWriter,
  type RowFormat,
  type RowWriter,
  type RowWriterOptions,
} from "./row_writer.ts";
export {
  type ByteSink,
  describeFileError,
  ResultFile,
  type ResultFileStatus,
} from "./result_file.ts";
export { JsonSource } from "./json_text.ts";
export { MetadataFile } from "./metadata.ts";
