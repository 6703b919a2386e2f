import assert from "node:assert/strict";
import { PERMISSIONS, V8_FLAGS } from "./self.ts";

function read(name: string): string {
  return Deno.readTextFileSync(new URL(`../../${name}`, import.meta.url));
}

Deno.test("PERMISSIONS are those of the tasks that scan, and README explains each", () => {
  const { tasks } = JSON.parse(read("deno.json"));
  const flags = ` ${PERMISSIONS.join(" ")} `;
  assert.ok(
    tasks.pacemap.command.includes(
      `deno run ${V8_FLAGS} --no-prompt${flags}main.ts`,
    ),
  );
  assert.ok(
    tasks.compile.command.includes(
      `compile --quiet ${V8_FLAGS} --no-prompt${flags}--include`,
    ),
  );
  const readme = read("README.md");
  for (const flag of PERMISSIONS) {
    // The variables are too many for a table.
    const shown = flag.replace(/^(--allow-env)=.*/, "$1=PACEMAP_…");
    assert.ok(readme.includes(`| \`${shown}\` `), shown);
  }
});
