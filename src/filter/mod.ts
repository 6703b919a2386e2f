/** Conditions on records, as `--output-filter` takes them: read, checked against columns, compiled. @module */
export { compileFilter } from "./compile_filter.ts";
