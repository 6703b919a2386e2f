import { html, jsonData, Markup } from "./markup.ts";
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
  return `<!doctype html>\n${
    html`
      <html lang="en">
        <head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="${pagePolicy(
        assets,
      )}">
      <title>${title}</title>
      <link rel="icon" href="data:,">
      ${isLive &&
        html`<noscript><meta http-equiv="refresh" content="${REFRESH_S}"></noscript>`}
      <style>${raw(assets.style)}</style></head>
        <body><a class="skip" href="#main">Skip to the figures</a>
      <header><h1>pacemap <small>${isLive ? "live" : "report"}</small></h1>
      <code class="command">${command}</code>
      ${part("head", data)}
      <p id="connection" role="status"></p></header>
      <main id="main">
      <section class="wide" aria-label="Figures">${part(
        "figures",
        data,
      )}</section>
      ${report !== undefined && findingsSection(report)}
      ${plotSections(data)}
      ${data.map !== null && mapSection()}
      ${tableSections(data)}
      ${report !== undefined && factsSection(report)}
      </main>
      <footer>${part("foot", data)}</footer>
      <script type="application/json" id="data">${jsonData(data)}</script>
      <script>${raw(assets.script)}</script>
        </body>
      </html>
    `.text
  }\n`;
}

/** Words of a command line as a shell takes them. */
export function commandText(words: readonly string[]): string {
  const quoted = words.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  );
  return ["pacemap", ...quoted].join(" ");
}

/** Script and style, of which the build has seen that they do not end their element. */
function raw(text: string): Markup {
  return new Markup(text);
}

function part(name: string, data: PageData): Markup {
  return html`<div data-part="${name}">${PARTS[name]!(data)}</div>`;
}

function plotSections(data: PageData): Markup {
  return html`${
    PLOTS.map((plot) =>
      html`
        <section id="plot-${plot.id}" aria-labelledby="title-${plot.id}">
          <h2 id="title-${plot.id}">${plot.title}</h2>
          <div class="plot"
            data-plot="${plot
              .id}"><noscript><p class="muted">Drawn by a script; the table has the same.</p></noscript></div>
          <details>
            <summary>${plot.title} as a table</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="${plot
              .title}"
              data-series="${plot.id}">${seriesTable(plot, data.series)}</div>
          </details>
        </section>
      `
    )
  }`;
}

function mapSection(): Markup {
  return html`
    <section class="map" id="map" aria-labelledby="title-map">
      <h2 id="title-map">Address space</h2>
      <div
        data-map><noscript><p class="muted">Drawn by a script.</p></noscript></div>
    </section>
  `;
}

function tableSections(data: PageData): Markup {
  const section = (title: string, ...names: readonly string[]): Markup =>
    html`<section><h2>${title}</h2>${
      names.map((name) =>
        html`
          <div class="scroll" tabindex="0" role="region"
            aria-label="${title}: ${name}">${part(name, data)}</div>
        `
      )
    }</section>`;
  const { scan, top } = data.view;
  const hasPorts = scan.target_ports.some((port) => port > 0);
  return html`
        ${top !== undefined &&
          html`<div class="stack">${
            section("Most hosts found in", "prefixes")
          }${
            section(
              hasPorts ? "Ports and classes" : "Classes of answers",
              ...(hasPorts ? ["ports"] : []),
              "classes",
            )
          }</div>`}
    ${section("Lost, by place", "lost")}
        ${section("Ledger", "ledger", "families")}
        ${data.view.threads.length > 0 && section("Threads", "threads")}
        ${section("Queues and outputs", "queues")}
        <section class="wide">
      <h2>Log</h2>
      <div class="scroll" tabindex="0" role="region"
        aria-label="Log">${part("log", data)}</div>
    </section>
  `;
}

function findingsSection({ findings }: ReportParts): Markup {
  return html`
    <section class="wide" id="findings">
      <h2>What became of it</h2>
      <ul class="findings">${findings.map(finding)}</ul>
    </section>
  `;
}

const LEVELS: Readonly<Record<Finding["level"], string>> = {
  good: "Good",
  note: "Note",
  warning: "Warning",
  bad: "Loss",
};

function finding({ level, remedy, text, title }: Finding): Markup {
  return html`
    <li
      class="${level}"><b class="level">${LEVELS[
        level
      ]}</b><div><h3>${title}</h3><p>${text}</p>${remedy !== "" &&
        html`<p class="remedy"><b>What to do:</b> ${remedy}</p>`}</div></li>
  `;
}

function factsSection({ facts }: ReportParts): Markup {
  return html`
    <section class="wide">
      <h2>How it was run</h2>
      <div class="scroll" tabindex="0" role="region"
        aria-label="How it was run">${table("Settings and machine", [
          "What",
          "Value",
        ], facts)}</div>
    </section>
  `;
}
