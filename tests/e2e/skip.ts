import {
  Host,
  installCommand,
  missing,
  type Requirement,
  takeInventory,
} from "../../src/demo/mod.ts";

/** Where nothing may be skipped. */
const NO_SKIP_VARIABLE = "CI";

/** Why tests that need these packages, and namespaces, cannot run on this machine; null when they can. */
export async function findSkipReason(
  requirements: readonly Requirement[],
): Promise<string | null> {
  try {
    const inventory = await takeInventory();
    const lacking = missing(inventory, requirements);
    if (lacking.length > 0) return installCommand(inventory, lacking);
    await using _host = await Host.create();
    return null;
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

/** Registers a test that is skipped, and says why, if there is a reason; with `CI` set it fails instead. */
export function testUnless(
  skipReason: string | null,
  name: string,
  run: () => Promise<void>,
): void {
  const ignore = skipReason !== null &&
    Deno.env.get(NO_SKIP_VARIABLE) !== "true";
  Deno.test({
    name: ignore ? `${name} (skipped: ${skipReason})` : name,
    ignore,
    async fn(): Promise<void> {
      if (skipReason !== null) throw new Error(skipReason);
      await run();
    },
  });
}
