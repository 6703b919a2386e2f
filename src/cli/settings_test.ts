import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import fc from "fast-check";
import { ConfigError } from "../base/mod.ts";
import { TestDirectory } from "./_test_directory.ts";
import {
  type RawArguments,
  readArguments,
  splitArguments,
} from "./arguments.ts";
import type { Environment } from "./environment.ts";
import { OPTION_KEYS, type OptionKey, OPTIONS } from "./options.ts";
import { addSettings, gatherSettings, type Surroundings } from "./settings.ts";

// It stays open as long as the thread lives, which Deno 2.6 takes for a leak of the test that opens it.
completeLibc();

/** Places by strength; an option is given in some of them. */
const PLACES = ["line", "named", "environment", "user", "system"] as const;
type Place = (typeof PLACES)[number];
/** Options that may stand in all places. */
const KEYS = OPTION_KEYS.filter((key) =>
  !OPTIONS[key].isCommandLineOnly && key !== "config"
);
const PAIRS: readonly (readonly [OptionKey, OptionKey])[] = [
  ["rate", "bandwidth"],
  ["logFile", "logDirectory"],
  ["checkpoint", "noCheckpoint"],
  ["dryrun", "fastDryrun"],
];

/** In which places each option is given, as bits. */
type Given = ReadonlyMap<OptionKey, number>;

function isIn(given: Given, key: OptionKey, place: Place): boolean {
  return ((given.get(key) ?? 0) >> PLACES.indexOf(place) & 1) === 1;
}

/** Another text in each place; flags are set in some and taken back in others. */
function textIn(key: OptionKey, place: Place): string {
  if (OPTIONS[key].argument !== "") return `of ${place}`;
  return place === "environment" || place === "system" ? "no" : "yes";
}

function entriesOf(
  given: Given,
  place: Place,
  form: (long: string, text: string) => string,
): string[] {
  return KEYS.filter((key) => isIn(given, key, place)).map((key) =>
    form(OPTIONS[key].long, textIn(key, place))
  );
}

function fileOf(given: Given, place: Place): string {
  return entriesOf(given, place, (long, text) => `${long} = ${text}\n`)
    .join("");
}

function environmentOf(variables: Record<string, string>): Environment {
  return {
    names: (prefix) =>
      Object.keys(variables).filter((name) => name.startsWith(prefix)),
    get: (name) => variables[name],
  };
}

/** Surroundings whose files are in a directory; `variables` come on top. */
function surroundingsIn(
  directory: TestDirectory,
  variables: Record<string, string>,
): Surroundings {
  return {
    environment: environmentOf({
      HOME: directory.path,
      XDG_CONFIG_HOME: `${directory.path}/config`,
      ...variables,
    }),
    systemFile: `${directory.path}/system.conf`,
  };
}

/** The strongest of these places that has the option; null: none. */
function strongest(
  given: Given,
  key: OptionKey,
  places: readonly Place[],
): Place | null {
  return places.find((place) => isIn(given, key, place)) ?? null;
}

/** The place that counts, one option of a pair taking the place of the other in weaker places. */
function expectedPlace(
  given: Given,
  key: OptionKey,
  places: readonly Place[],
): Place | null {
  const own = strongest(given, key, places);
  const pair = PAIRS.find((keys) => keys.includes(key));
  if (own === null || pair === undefined) return own;
  const other = pair[0] === key ? pair[1] : pair[0];
  const rival = strongest(given, other, places);
  const isRivalSet = rival !== null && textIn(other, rival) !== "no";
  return isRivalSet && places.indexOf(rival) < places.indexOf(own) ? null : own;
}

function assertPlace(
  { places, texts }: RawArguments,
  key: OptionKey,
  place: Place | null,
): void {
  const { argument, long } = OPTIONS[key];
  const text = place === null ? undefined : textIn(key, place);
  const expected = argument === "" && text === "yes" ? "" : text;
  assert.equal(texts.get(key)?.[0], expected, `${long} in ${place}`);
  const where = places.get(key);
  if (place === "line" || place === null) assert.equal(where, undefined);
  else if (place === "environment") {
    assert.equal(where, `PACEMAP_${long.toUpperCase().replaceAll("-", "_")}`);
  } else {
    const file = place === "user" ? "config/pacemap/pacemap" : place;
    assert.match(where ?? "", new RegExp(`/${file}\\.conf:\\d+$`));
  }
}

Deno.test("addSettings() lets the strongest place of each option count", async () => {
  using directory = new TestDirectory();
  Deno.mkdirSync(`${directory.path}/config/pacemap`, { recursive: true });
  const arbitraryGiven = fc.tuple(
    ...KEYS.map(() => fc.integer({ min: 0, max: 31 })),
  ).map((bits): Given => new Map(KEYS.map((key, i) => [key, bits[i]!])));
  await fc.assert(
    fc.asyncProperty(
      arbitraryGiven,
      fc.boolean(),
      fc.boolean(),
      async (given, hasNamed, isIsolated) => {
        const named = directory.write("named.conf", fileOf(given, "named"));
        directory.write("system.conf", fileOf(given, "system"));
        const user = fileOf(given, "user");
        Deno.mkdirSync(`${directory.path}/config/pacemap`, { recursive: true });
        directory.write("config/pacemap/pacemap.conf", user);
        const variables = Object.fromEntries(
          entriesOf(given, "environment", (long, text) => `${long}=${text}`)
            .map((entry) => entry.split("="))
            .map(([long, text]) => [
              `PACEMAP_${long!.toUpperCase().replaceAll("-", "_")}`,
              text!,
            ]),
        );
        const words = [
          ...(hasNamed ? [`--config=${named}`] : []),
          ...(isIsolated ? ["--no-config"] : []),
          ...entriesOf(given, "line", (long, text) => `--${long}=${text}`),
          "192.0.2.1",
        ];
        const surroundings = surroundingsIn(directory, variables);
        const raw = await addSettings(splitArguments(words), surroundings);
        const places = PLACES.filter((place) =>
          place === "line" ||
          (place === "named" && hasNamed) ||
          (place === "environment" && !isIsolated) ||
          (["user", "system"].includes(place) && !hasNamed && !isIsolated)
        );
        for (const key of KEYS) {
          assertPlace(raw, key, expectedPlace(given, key, places));
        }
        assert.deepEqual(raw.operands, ["192.0.2.1"]);
        // The words alone say the same, wherever they are read again.
        const again = splitArguments(raw.words!);
        for (const key of KEYS) {
          assert.deepEqual(again.texts.get(key), raw.texts.get(key), key);
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("gatherSettings() looks for the user's file where XDG says", async () => {
  using directory = new TestDirectory();
  Deno.mkdirSync(`${directory.path}/.config/pacemap`, { recursive: true });
  directory.write(".config/pacemap/pacemap.conf", "rate 7\n");
  for (const xdg of ["", "relative"]) {
    const { files, raw } = await gatherSettings(
      splitArguments([]),
      surroundingsIn(directory, { XDG_CONFIG_HOME: xdg }),
    );
    assert.deepEqual(files.map(({ isRead, kind }) => [kind, isRead]), [
      ["user", true],
      ["system", false],
    ]);
    assert.equal(readArguments(raw).values.rate, 7);
  }
  const { files } = await gatherSettings(
    splitArguments([]),
    surroundingsIn(directory, { XDG_CONFIG_HOME: "", HOME: "" }),
  );
  assert.deepEqual(files.map(({ kind }) => kind), ["system"]);
});

Deno.test("gatherSettings() takes the file of PACEMAP_CONFIG for the user's and the system's", async () => {
  using directory = new TestDirectory();
  directory.write("system.conf", "quiet\n");
  const other = directory.write("other", "rate 5\nprobes 2\n");
  const variables = { PACEMAP_CONFIG: other, PACEMAP_RATE: "6" };
  const { files, raw } = await gatherSettings(
    splitArguments([]),
    surroundingsIn(directory, variables),
  );
  const { values } = readArguments(raw);
  assert.deepEqual([values.rate, values.probes, values.quiet], [6, 2, false]);
  assert.deepEqual(files.map(({ path }) => path), [other]);
});

Deno.test("addSettings() keeps a bandwidth as the bound of a rate that finds itself", async () => {
  using directory = new TestDirectory();
  for (
    const [rate, bandwidth, expected] of [
      ["auto", "1M", "auto"],
      ["500", "1M", undefined],
    ] as const
  ) {
    const raw = await addSettings(
      splitArguments(["-B", bandwidth]),
      surroundingsIn(directory, { PACEMAP_RATE: rate }),
    );
    assert.equal(raw.texts.get("rate")?.[0], expected);
  }
});

Deno.test("addSettings() names the place of a wrong value", async () => {
  using directory = new TestDirectory();
  directory.write("system.conf", "\nrate = fast\n");
  const system = surroundingsIn(directory, {});
  const variable = surroundingsIn(directory, { PACEMAP_RATE: "faster" });
  for (
    const [surroundings, place] of [
      [system, `${system.systemFile}:2`],
      [variable, "PACEMAP_RATE"],
    ] as const
  ) {
    const raw = await addSettings(splitArguments([]), surroundings);
    assert.throws(
      () => readArguments(raw),
      (error) => error instanceof ConfigError && error.option === place,
    );
  }
});
