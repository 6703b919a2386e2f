// deno-lint-ignore-file no-console
/** Writes the environment variables of all options to where they are permitted: `deno.json` and `src/base`. */
import { permittedVariables, SCAN_COMMAND } from "../src/cli/mod.ts";

const names = permittedVariables(SCAN_COMMAND);
const lines = names.map((name) => `  "${name}",\n`).join("");
await Deno.writeTextFile(
  new URL("../src/base/environment.ts", import.meta.url),
  `/**
 * The environment variables that the program may read, sorted: one for each option, and a few others. Written by
 * \`deno task environment\` from the table of options.
 */
export const ENVIRONMENT_VARIABLES: readonly string[] = [
${lines}];
`,
);
const config = new URL("../deno.json", import.meta.url);
const text = await Deno.readTextFile(config);
await Deno.writeTextFile(
  config,
  text.replace(
    /("env": \[)[^\]]*\]/,
    `$1\n${names.map((name) => `        "${name}"`).join(",\n")}\n      ]`,
  ),
);
console.log(`${names.length} variables`);
