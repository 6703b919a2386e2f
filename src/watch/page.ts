import type { ScanView } from "./view.ts";

/** A page, and what of it may run. */
export interface Page {
  readonly html: string;
  /** Its content security policy. */
  readonly policy: string;
}

/** The page of a running scan as of its last view; null: there is none yet. */
export function renderPage(view: ScanView | null): Page {
  const rows = view === null ? [] : [
    ["Phase", view.phase_text],
    ["Progress", `${(100 * view.progress).toFixed(1)}%`],
    ["Packets sent", String(view.packets_sent)],
    ["Hits", String(view.hits)],
  ];
  const cells = rows.map(([name, value]) =>
    `<tr><th scope="row">${escapeHtml(name!)}</th><td>${
      escapeHtml(value!)
    }</td></tr>`
  );
  return {
    html:
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>pacemap</title></head><body><h1>pacemap</h1><table>${
        cells.join("")
      }</table></body></html>\n`,
    policy:
      "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  };
}

/** Text as it stands in HTML, between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}
