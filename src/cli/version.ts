import manifest from "../../deno.json" with { type: "json" };

/** Version of the program, as `deno.json` has it. */
export const VERSION: string = manifest.version;
