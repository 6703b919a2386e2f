/** What only the reading of options, lists and host names needs. */
const EARLY_PERMISSIONS = ["net", "run", "env"] as const;

/** Gives permissions back to Deno that a scan needs no longer, for this thread and those that it starts. */
export function giveBackPermissions(): void {
  for (const name of EARLY_PERMISSIONS) Deno.permissions.revokeSync({ name });
}

/** The same of those that no thread has a use for, before a thread is made that listens. */
export function giveBackPrograms(): void {
  for (const name of ["run", "env"] as const) {
    Deno.permissions.revokeSync({ name });
  }
}
