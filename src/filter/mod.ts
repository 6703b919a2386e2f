/** Conditions on records, as `--output-filter` takes them: read, checked against columns, compiled. @module */
export { compileFilter, type Test } from "./compile_filter.ts";
