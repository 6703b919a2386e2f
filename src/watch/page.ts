/** A page, and what of it may run. */
export interface Page {
  readonly html: string;
  /** Its content security policy. */
  readonly policy: string;
}

/** What is shown until there are figures; it is loaded anew each second. */
export const WAITING_PAGE: Page = {
  html:
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="1"><title>pacemap</title></head><body><h1>pacemap</h1><p>The scan is about to begin.</p></body></html>\n`,
  policy:
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};
