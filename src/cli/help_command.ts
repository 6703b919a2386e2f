import { ConfigError } from "../base/mod.ts";
import { OUTPUT_FORMATS, requireOutputModule } from "../output/mod.ts";
import { PROBE_MODULES, type ProbeModule } from "../probe/mod.ts";
import { helpSection, optionRows, type Subcommands } from "./help.ts";
import { HELP_TOPICS, type HelpTopic } from "./help_topics.ts";
import { nearestName } from "./nearest.ts";
import { OPTION_KEYS, OPTIONS } from "./options.ts";
import { wrapText } from "./wrap_text.ts";

const WIDTH = 80;
const INDENT = "  ";
const FORMATS = OUTPUT_FORMATS.map(({ name }) => name);
/** A port in examples, of a service that most kinds of probes may ask. */
const EXAMPLE_PORTS: Readonly<Record<string, number>> = {
  bacnet: 47808,
  dns: 53,
  ntp: 123,
  udp: 53,
  upnp: 1900,
};
const DEFAULT_EXAMPLE_PORT = 443;

/**
 * Text of `pacemap help TOPIC`: of a subject, a kind of probe, a format, a command or an option; without a topic, a
 * list of them. All formats have to be loaded.
 *
 * @throws {ConfigError} for an unknown topic, and for several
 */
export function helpOn(
  words: readonly string[],
  subcommands: Subcommands,
): string {
  const [word, second] = words;
  if (second !== undefined) {
    throw new ConfigError(
      "help",
      `Cannot explain "${words.join(" ")}"`,
      "Give one topic",
    );
  }
  if (word === undefined || word === "-h" || word === "--help") {
    return topicList(subcommands);
  }
  const text = topicText(word) ?? commandText(word, subcommands) ??
    optionText(word);
  if (text !== null) return text;
  const nearest = nearestName(word, topicNames(subcommands));
  throw new ConfigError(
    "help",
    `Unknown topic "${word}"`,
    nearest === null
      ? "See pacemap help for all topics"
      : `Did you mean pacemap help ${nearest}?`,
  );
}

function topicNames(subcommands: Subcommands): string[] {
  return [
    ...Object.keys(HELP_TOPICS),
    ...PROBE_MODULES.map(({ name }) => name),
    ...FORMATS,
    ...Object.keys(subcommands),
    ...OPTION_KEYS.map((key) => `--${OPTIONS[key].long}`),
  ];
}

function topicText(word: string): string | null {
  if (Object.hasOwn(HELP_TOPICS, word)) return subjectText(HELP_TOPICS[word]!);
  const probe = PROBE_MODULES.find(({ name }) => name === word);
  if (probe !== undefined) return probeText(probe);
  const output = FORMATS.find((name) => name === word);
  return output === undefined ? null : together(
    helpSection(`Output module ${output}:`, requireOutputModule(output).help),
    examples([`pacemap -p 443 -O ${output} -o results 192.0.2.0/24`]),
  );
}

function subjectText(topic: HelpTopic): string {
  return together(
    wrapText(topic.text, WIDTH),
    optionRows(topic.options.map((key) => OPTIONS[key])),
    examples(topic.examples),
  );
}

function probeText(module: ProbeModule): string {
  const { exampleArgs, hasNestedOutput, help, name, usesPorts } = module;
  const port = EXAMPLE_PORTS[name] ?? DEFAULT_EXAMPLE_PORT;
  const ports = usesPorts ? ` -p ${port}` : "";
  const args = exampleArgs === "" ? "" : ` --probe-args='${exampleArgs}'`;
  const format = hasNestedOutput ? " -O json" : "";
  return together(
    helpSection(`Probe module ${name}:`, help),
    examples([
      `pacemap -M ${name}${ports}${args}${format} 192.0.2.0/24`,
      `pacemap -M ${name} --list-output-fields`,
    ]),
  );
}

function commandText(word: string, subcommands: Subcommands): string | null {
  if (!Object.hasOwn(subcommands, word)) return null;
  const { help, options, summary } = subcommands[word]!;
  if (help !== undefined) return help;
  return together(
    `pacemap ${word}: ${summary}`,
    options === "scan" ? "" : optionRows(options),
  );
}

function optionText(word: string): string | null {
  const key = OPTION_KEYS.find((key) => {
    const { long, short } = OPTIONS[key];
    return word === `--${long}` || word === long ||
      (short !== "" && word === `-${short}`);
  });
  return key === undefined ? null : `${optionRows([OPTIONS[key]])}\n`;
}

function topicList(subcommands: Subcommands): string {
  const topics = Object.entries(HELP_TOPICS);
  const width = Math.max(...topics.map(([name]) => name.length));
  const rows = topics.map(([name, { summary }]) =>
    `${INDENT}${name.padEnd(width)}  ${summary}`
  );
  const kinds = [
    ["Kinds of probes", PROBE_MODULES.map(({ name }) => name)],
    ["Formats", FORMATS],
    ["Commands", Object.keys(subcommands)],
  ] as const;
  return together(
    "Usage: pacemap help TOPIC",
    `Topics:\n${rows.join("\n")}`,
    ...kinds.map(([heading, names]) =>
      `${heading}:\n${wrapText(`${INDENT}${names.join(" ")}`, WIDTH)}`
    ),
    "An option is a topic too: pacemap help --rate",
  );
}

function examples(lines: readonly string[]): string {
  return ["Examples:", ...lines.map((line) => `${INDENT}${line}`)].join("\n");
}

function together(...sections: readonly string[]): string {
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}
