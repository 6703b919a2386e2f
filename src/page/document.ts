import { jsonData, Markup, markup } from "./markup.ts";
import { PARTS, table } from "./parts.ts";
import { PLOTS } from "./plots.ts";
import { seriesTable } from "./series_table.ts";
import type { Finding, PageData, ReportParts } from "./story.ts";

/** Script and style of a page, and their digests as a content security policy names them. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  readonly scriptDigest: string;
  readonly styleDigest: string;
}

/** Seconds after which a page without a script is loaded anew. */
const REFRESH_S = 5;

/** The content security policy of a page: its own script and style, and data of its own server. */
export function pagePolicy(
  { scriptDigest, styleDigest }: PageAssets,
): string {
  return [
    "default-src 'none'",
    `script-src '${scriptDigest}'`,
    `style-src '${styleDigest}'`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/**
 * The whole page with the figures in it, so that it tells something without its script too; a report has all data.
 */
export function pageDocument(data: PageData, assets: PageAssets): string {
  const { report, view } = data;
  const command = commandText(view.scan.command_line);
  const isLive = report === undefined;
  const title = `${isLive ? "Scan" : "Report"}: ${command}`;
  const refresh = isLive &&
    markup`<noscript><meta http-equiv="refresh" content="${REFRESH_S}"></noscript>`;
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${pagePolicy(assets)}">
<title>${title}</title>
<link rel="icon" href="data:,">${refresh}
<style>${new Markup(assets.style)}</style></head>
<body><a class="skip" href="#main">Skip to the figures</a>
<header><h1>pacemap <small>${isLive ? "live" : "report"}</small></h1>
<code class="command">${command}</code>
${part("head", data)}
<p id="connection" role="status"></p></header>
<main id="main">
<section aria-label="Figures">${part("figures", data)}</section>
${report !== undefined && findingsSection(report)}
<div class="plots">${plotSections(data)}</div>
<div class="tables">${data.map !== null && mapSection()}${
    tableSections(data)
  }</div>
${section(data, "Log", ["log"], "log-lines")}
${report !== undefined && factsSection(report)}
</main>
<footer>${part("foot", data)}</footer>
<script type="application/json" id="data">${jsonData(data)}</script>
<script>${new Markup(assets.script)}</script>
</body></html>
`.text;
}

/** A page without figures or script, in the style of the others. */
export function plainDocument(
  { about, content, title }: {
    readonly title: string;
    readonly about: string;
    readonly content: Markup;
  },
  { style, styleDigest }: PageAssets,
): string {
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${styleDigest}'; img-src data:; base-uri 'none'; form-action 'none'">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style></head>
<body><header><h1>pacemap <small>${title}</small></h1>
<p class="muted">${about}</p></header>
<main>${content}</main></body></html>
`.text;
}

/** Words of a command line as a shell takes them. */
export function commandText(words: readonly string[]): string {
  const quoted = words.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  );
  return ["pacemap", ...quoted].join(" ");
}

function part(name: string, data: PageData): Markup {
  return markup`<div data-part="${name}">${PARTS[name]!(data)}</div>`;
}

/** What can be scrolled has to be reached by keyboard. */
function scrolled(label: string, kind: string, content: Markup): Markup {
  return markup`<div class="scroll ${kind}" tabindex="0" role="region" aria-label="${label}">${content}</div>`;
}

/** Parts under a heading. */
function section(
  data: PageData,
  heading: string,
  names: readonly string[],
  kind = "",
): Markup {
  return markup`<section><h2>${heading}</h2>${
    names.map((name) => scrolled(`${heading}: ${name}`, kind, part(name, data)))
  }</section>`;
}

function plotSections(data: PageData): Markup[] {
  // Of a scan that is over nothing comes any more.
  const shown = PLOTS.filter((plot) =>
    data.report === undefined || plot.lines(data.series).length > 0
  );
  return shown.map((plot) => {
    const { id, title } = plot;
    const rows = seriesTable(plot, data.series);
    return markup`<section aria-labelledby="title-${id}"><h2 id="title-${id}">${title}</h2>
<div class="plot" data-plot="${id}"><noscript><p class="muted">Drawn by a script; the table has the same.</p></noscript></div>
<details><summary>${title} as a table</summary>${
      scrolled(
        `${title} as a table`,
        "",
        markup`<div data-series="${id}">${rows}</div>`,
      )
    }</details></section>`;
  });
}

function mapSection(): Markup {
  return markup`<section class="map" id="map" aria-labelledby="title-map"><h2 id="title-map">Address space</h2>
<div data-map><noscript><p class="muted">Drawn by a script.</p></noscript></div></section>`;
}

function tableSections(data: PageData): Markup {
  const { scan, threads, top } = data.view;
  const hasPorts = scan.target_ports.some((port) => port > 0);
  const found = top !== undefined &&
    markup`<div class="stack">${
      section(data, "Most hosts found in", ["prefixes"])
    }${
      section(
        data,
        hasPorts ? "Ports and classes" : "Classes of answers",
        hasPorts ? ["ports", "classes"] : ["classes"],
      )
    }</div>`;
  return markup`${found}<div class="stack">${
    section(data, "Lost, by place", ["lost"])
  }${threads.length > 0 && section(data, "Threads", ["threads"])}${
    section(data, "Address families", ["families"])
  }</div><div class="stack">${section(data, "Ledger", ["ledger"])}${
    section(data, "Queues and outputs", ["queues"])
  }</div>`;
}

function findingsSection({ findings }: ReportParts): Markup {
  return markup`<section id="findings"><h2>What became of it</h2><ul class="findings">${
    findings.map(findingItem)
  }</ul></section>`;
}

const LEVELS: Readonly<Record<Finding["level"], string>> = {
  good: "Good",
  note: "Note",
  warning: "Warning",
  bad: "Bad",
};

function findingItem({ level, remedy, text, title }: Finding): Markup {
  const advice = remedy !== "" &&
    markup`<p class="remedy"><b>What to do:</b> ${remedy}</p>`;
  return markup`<li class="${level}"><b class="level">${
    LEVELS[level]
  }</b><div><h3>${title}</h3><p>${text}</p>${advice}</div></li>`;
}

function factsSection({ facts }: ReportParts): Markup {
  return markup`<section class="facts"><h2>How it was run</h2>${
    scrolled(
      "How it was run",
      "",
      table("Settings and machine", ["What", "Value"], facts),
    )
  }</section>`;
}
