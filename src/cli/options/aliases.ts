import { parseChoice, parsePath } from "../option_parsers.ts";
import { type OptionTable, PATH_REMEDY, setting } from "../option_spec.ts";

/** What `--aliased` takes. */
export const ALIAS_MODES = ["flag", "drop", "keep"] as const;

/** Values of `ALIAS_OPTIONS`. */
export interface AliasValues {
  readonly aliased: (typeof ALIAS_MODES)[number];
  readonly aliasedPrefixes: string | null;
}

/** What is done about prefixes of which every address answers. */
export const ALIAS_OPTIONS: OptionTable<AliasValues> = {
  aliased: setting({
    long: "aliased",
    argument: "CHOICE",
    group: "output",
    help:
      "IPv6 prefixes of 64 bits of which every address answers: flag tells them apart in the field aliased, where " +
      "an output has it or filters by it; drop leaves their rows out; keep tests none. A test sends 16 probes",
    remedy: `Give one of ${ALIAS_MODES.join(", ")}`,
    fallback: "flag",
    fallbackText: "flag",
    choices: [...ALIAS_MODES],
    parse: (text) => parseChoice(text, ALIAS_MODES),
  }),
  aliasedPrefixes: setting({
    long: "aliased-prefixes",
    argument: "FILE",
    group: "output",
    help:
      "IPv6 prefixes that are known for it and need no test, one per line; - for standard input",
    remedy: PATH_REMEDY,
    fallback: null,
    parse: parsePath,
  }),
};
