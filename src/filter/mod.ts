/** Conditions on records, as `--output-filter` takes them: read, checked against columns, compiled. @module */
export { compileFilter, mayPass } from "./compile_filter.ts";
