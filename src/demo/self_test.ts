import assert from "node:assert/strict";
import { ENVIRONMENT_VARIABLES } from "../base/mod.ts";
import { NSENTER, UNSHARE } from "./host.ts";
import { V8_FLAGS } from "./self.ts";

function read(name: string): string {
  return Deno.readTextFileSync(new URL(`../../${name}`, import.meta.url));
}

Deno.test("deno.json grants the tasks that scan one list of permissions, and docs/permissions.md explains each", () => {
  const { permissions, tasks } = JSON.parse(read("deno.json"));
  assert.ok(
    tasks.pacemap.command.includes(
      `deno run --quiet ${V8_FLAGS} --no-prompt -P main.ts`,
    ),
  );
  assert.ok(
    tasks.compile.command.includes(
      `--no-check --no-code-cache ${V8_FLAGS} --no-prompt -P --include`,
    ),
  );
  assert.deepEqual(permissions.default.run, [UNSHARE, NSENTER]);
  assert.deepEqual(permissions.default.env, ENVIRONMENT_VARIABLES);
  const page = read("docs/permissions.md");
  for (const name of Object.keys(permissions.default)) {
    assert.match(page, new RegExp(`^\\| \`${name}\`.* \\| `, "m"), name);
  }
});
