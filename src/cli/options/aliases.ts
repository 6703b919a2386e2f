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
      "What to do with IPv6 prefixes of 64 bits in which every address answers: flag marks their rows in the field " +
      "aliased, if an output writes or filters it; drop removes their rows; keep does not test. A test takes 16 probes",
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
