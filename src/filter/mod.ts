/** Conditions on records, as `--output-filter` takes them: read, checked against columns, compiled. @module */
export { compileFilter, mayPass, type Test } from "./compile_filter.ts";
