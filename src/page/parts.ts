import { formatElapsed, formatTimeLeft } from "../monitor/format.ts";
import type { CountView, ScanView } from "./view.ts";
import { figuresOf, progressText } from "./figures.ts";
import { type Markup, markup } from "./markup.ts";
import type { PageData } from "./story.ts";
import { versionText } from "./version_text.ts";
import { bytesText, countText, rateText, shareText } from "./units.ts";

/** Makes one part of the page anew; the same on the server and in the browser. */
export type Part = (data: PageData) => Markup;

/** The parts that change while a scan runs, by the name that their element has. */
export const PARTS: Readonly<Record<string, Part>> = {
  head: ({ view }) =>
    markup`
      <p
        class="state"><b class="phase ${view.phase}">${
      phaseWord(
        view,
      )
    }</b> <span>${progressText(view, TIMES)}</span></p>${
      bar(
        view.phase === "done" ? 1 : view.progress,
        "Progress",
      )
    }<p
        class="limit"><span class="muted">${
      view.phase === "done" ? "Ended:" : "Limited by:"
    }</span> ${view.phase === "done" ? view.phase_text : view.limit.text}</p>
    `,
  figures: ({ view }) =>
    markup`<dl class="figures">${
      figuresOf(view).map(({ isBad, label, note, path, text }) =>
        markup`
          <div class="${isBad === true ? "bad" : ""}">
            <dt>${label}</dt>
            <dd><b data-path="${path}" data-value="${
          JSON.stringify(
            valueAt(view, path),
          )
        }">${text}</b><small>${note}</small></dd>
          </div>
        `
      )
    }</dl>`,
  lost: ({ view }) =>
    table(
      "Losses by place, in the order of a packet's way",
      ["Place", "Last second", "Total"],
      view.lost.map(({ last_second, place, total }) => [
        place,
        `${countText(last_second)}/s`,
        countText(total),
      ]),
    ),
  ledger: ({ view }) => ledger(view),
  prefixes: ({ view }) => top("Prefix", view.top?.prefixes ?? [], view.hits),
  ports: ({ view }) => top("Port", portsOf(view), view.hits),
  classes: ({ view }) =>
    top("Class", view.top?.classes ?? [], sumOf(view.top?.classes ?? [])),
  families: ({ view }) =>
    table(
      "Address families",
      ["Family", "Targets", "Probed", "Found"],
      Object.entries(view.families).map(([name, family]) => [
        name === "ipv4" ? "IPv4" : "IPv6",
        countText(family.targets),
        countText(family.targets_probed),
        countText(family.success_unique),
      ]),
    ),
  threads: ({ view }) =>
    table(
      "Threads",
      ["Thread", "Load", "Processor time"],
      view.threads.map(({ load, name, processor_seconds }) => [
        name,
        markup`${bar(Math.min(1, load), "")}${load.toFixed(2)}`,
        `${processor_seconds.toFixed(1)} s`,
      ]),
    ),
  queues: ({ view }) => queues(view),
  foot: ({ view }) => versionText(view),
  log: ({ view }) =>
    view.log.length === 0
      ? markup`<p class="muted">No line so far.</p>`
      : markup`<ol class="log">${
        view.log.toReversed().map(({ level, text, time }) =>
          markup`
            <li
              class="${level}"><time datetime="${time}">${
            time.slice(
              11,
              19,
            )
          }</time> <b>${level}</b> <span>${text}</span></li>
          `
        )
      }</ol>`,
};

const TIMES = { elapsed: formatElapsed, left: formatTimeLeft };

/** A table with a caption; columns behind the first are numbers. */
export function table(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
): Markup {
  if (rows.length === 0) return markup`<p class="muted">Nothing so far.</p>`;
  return markup`
    <table>
      <caption>${caption}</caption>
      <thead>
        <tr>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr>
      </thead>
      <tbody>${
    rows.map(([first, ...rest]) =>
      markup`<tr><th scope="row">${first!}</th>${
        rest.map((cell) => markup`<td>${cell}</td>`)
      }</tr>`
    )
  }</tbody>
    </table>
  `;
}

/** A bar that is full to a share. Without a label it only illustrates the number beside it. */
function bar(share: number, label: string): Markup {
  const width = (100 * Math.max(0, Math.min(1, share))).toFixed(1);
  const told = label === ""
    ? markup`aria-hidden="true"`
    : markup`role="img" aria-label="${label}: ${shareText(share)}"`;
  return markup`
    <svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" ${told}>
      <rect width="${width}" height="1" />
    </svg>
  `;
}

function phaseWord({ exit_reason, phase }: ScanView): string {
  switch (phase) {
    case "sending":
      return "Sending";
    case "cooldown":
      return "Waiting for late answers";
    case "done":
      return exit_reason === "completed" || exit_reason === null
        ? "Complete"
        : "Ended";
  }
}

/** What stands at a path of the view. */
export function valueAt(view: ScanView, path: string): unknown {
  if (path === "") return null;
  let value: unknown = view;
  for (const key of path.split(".")) {
    value = (value as Record<string, unknown> | null)?.[key] ?? null;
  }
  return value;
}

function ledger({ ledger: { answers, frames, packets } }: ScanView): Markup {
  const rows = (
    of: string,
    counts: Readonly<Record<string, number>>,
  ): (readonly string[])[] =>
    Object.entries(counts).map(([name, count], at) => [
      at === 0 ? `${of} ${name}` : `${at === 1 ? "=" : "+"} ${words(name)}`,
      countText(count),
    ]);
  return table("Ledger: what went in and came out at each step", [
    "Step",
    "Count",
  ], [
    ...rows("Frames", { ...frames }),
    ...rows("Packets", { ...packets }),
    ...rows("Answers", { ...answers }),
  ]);
}

function words(name: string): string {
  return name.replaceAll("_", " ");
}

/** Kinds of probes without ports have one number for all. */
function portsOf(
  { scan: { target_ports }, top }: ScanView,
): readonly CountView[] {
  return target_ports.some((port) => port > 0) ? top?.ports ?? [] : [];
}

function sumOf(counts: readonly CountView[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

function top(
  name: string,
  counts: readonly CountView[],
  all: number,
): Markup {
  const most = counts[0]?.count ?? 0;
  return table(
    `${name} by count`,
    [name, "Count", "Share"],
    counts.slice(0, 10).map(({ count, name: key }) => [
      key,
      markup`${bar(count / most, "")}${countText(count)}`,
      shareText(all > 0 ? Math.min(1, count / all) : null),
    ]),
  );
}

function queues(view: ScanView): Markup {
  const { checkpoint, memory, output_lag, queues } = view;
  const age = checkpoint?.age_seconds ?? null;
  return table("Queues, outputs and memory", ["What", "Now"], [
    ...queues.map(({ fill, name }): [string, Markup] => [
      `queue of ${name}`,
      markup`${bar(fill, "")}${shareText(fill)}`,
    ]),
    ["rows written", countText(view.rows)],
    [
      "rows not yet in a file",
      `${countText(output_lag.rows)} (${bytesText(output_lag.bytes)})`,
    ],
    ["memory", bytesText(memory.resident_bytes)],
    ["memory at most", bytesText(memory.peak_bytes)],
    ...checkpoint === null ? [] : [[
      "checkpoint",
      age === null ? "none yet" : `${Math.round(age)} s old`,
    ]],
    ["mean rate", rateText(view.rates.mean_sent)],
  ]);
}
