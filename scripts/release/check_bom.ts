import { SPEC_VERSION } from "./bom.ts";
import { attempt, type RunResult } from "./process.ts";

/** The standard's own schema and what its validator needs: for this check alone, so not among the program's packages. */
const PACKAGES = {
  "@cyclonedx/cyclonedx-library": "npm:@cyclonedx/cyclonedx-library@^10.3.0",
  "ajv": "npm:ajv@^8.17.1",
  "ajv-formats": "npm:ajv-formats@^3.0.1",
  "ajv-formats-draft2019": "npm:ajv-formats-draft2019@^1.6.1",
};
const PROGRAM = `
import "ajv";
import "ajv-formats";
import "ajv-formats-draft2019";
import { Validation } from "@cyclonedx/cyclonedx-library";
const text = await Deno.readTextFile(Deno.args[0]);
const errors = await new Validation.JsonStrictValidator("${SPEC_VERSION}").validate(text);
if (errors !== null) {
  console.error(errors);
  Deno.exit(1);
}
`;

/** Compares a bill of materials with the schema of CycloneDX, strictly; `work` is an empty directory. */
export async function validateBom(
  path: string,
  work: string,
): Promise<RunResult> {
  const config = { imports: PACKAGES, nodeModulesDir: "none" };
  await Deno.writeTextFile(`${work}/deno.json`, JSON.stringify(config));
  await Deno.writeTextFile(`${work}/validate.js`, PROGRAM);
  return await attempt([
    ...["deno", "run", "--no-prompt", "--quiet", "--allow-read"],
    ...["--allow-env", "--allow-sys", `${work}/validate.js`, path],
  ], { cwd: work });
}
