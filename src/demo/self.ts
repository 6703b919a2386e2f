/** Grants what stands in `deno.json` under `permissions`, and nothing more; docs/permissions.md says what each is for. */
const PERMISSIONS = "-P";

/** Each thread keeps so many megabytes for young objects: most of what it allocates lives for one row. */
export const V8_FLAGS = "--v8-flags=--max-semi-space-size=4";

/** A program and the arguments that come before those of the user. */
export interface SelfCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** How to run this program again: the executable itself, or Deno with the source it runs now. */
export function selfCommand(): SelfCommand {
  if (Deno.build.standalone) return { program: Deno.execPath(), args: [] };
  const main = new URL("../../main.ts", import.meta.url);
  const flags = [
    ...["--quiet", "--no-prompt", "--cached-only", V8_FLAGS],
    PERMISSIONS,
  ];
  return { program: Deno.execPath(), args: ["run", ...flags, main.href] };
}
