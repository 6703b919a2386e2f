import { formatCount } from "../../base/mod.ts";
import { plainDocument } from "../../page/document.ts";
import { PAGE_ASSETS } from "../../page/assets.ts";
import { type Markup, markup } from "../../page/markup.ts";
import { table } from "../../page/parts.ts";
import {
  type ComparedScan,
  differenceOf,
  figuresOf,
  MOST_TOLD,
  numberText,
} from "./comparison.ts";

/** Two scans side by side as an HTML file. */
export function comparisonPage(
  before: ComparedScan,
  after: ComparedScan,
): string {
  const figures = figuresOf(before, after).map((figure) => [
    figure.name,
    numberText(figure.before),
    numberText(figure.after),
  ]);
  const difference = differenceOf(before, after);
  const sections = difference === null
    ? [
      markup`<section><p>Hosts cannot be compared: the results of one are not known.</p></section>`,
    ]
    : [
      section("Hosts", ["", "Before", "After", "In both"], [[
        "hosts",
        formatCount(difference.before),
        formatCount(difference.after),
        formatCount(difference.both),
      ]]),
      hosts("Gained", difference.gained.map((host) => [host])),
      hosts("Lost", difference.lost.map((host) => [host])),
      hosts(
        "Moved",
        difference.moved.map((one) => [one.target, one.before, one.after]),
      ),
    ];
  const all = figures.length === 0
    ? sections
    : [section("Figures", ["Figure", "Before", "After"], figures), ...sections];
  return plainDocument({
    title: "Two scans side by side",
    about: `Before: ${before.name}; after: ${after.name}`,
    content: markup`<div class="tables">${all}</div>`,
  }, PAGE_ASSETS);
}

function hosts(
  name: string,
  rows: readonly (readonly string[])[],
): Markup {
  const heads = name === "Moved" ? ["Host", "Before", "After"] : ["Host"];
  const more = rows.length > MOST_TOLD
    ? `, the first ${formatCount(MOST_TOLD)} of them`
    : "";
  return section(
    `${name}: ${formatCount(rows.length)}${more}`,
    heads,
    rows.slice(0, MOST_TOLD),
  );
}

function section(
  heading: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): Markup {
  return markup`<section><h2>${heading}</h2><div class="scroll log-lines" tabindex="0" role="region" aria-label="${heading}">${
    table(heading, heads, rows)
  }</div></section>`;
}
