import { DNS_TYPES, type DnsQuestion } from "../wire/mod.ts";

/** What an empty list stands for. */
const DEFAULT_QUESTION: DnsQuestion = {
  name: "www.google.com",
  type: DNS_TYPES.A!,
  isRecursionDesired: true,
};
const NO_RECURSION = "nr";

/** The questions that arguments ask for. */
export interface DnsArgs {
  /** At least one. */
  readonly questions: readonly DnsQuestion[];
  readonly warnings: readonly string[];
}

/**
 * Reads `TYPE,NAME` or `TYPE:nr,NAME`, several of them separated by `;`. One more `;` at either end does no harm.
 *
 * @throws {SyntaxError} when there are no arguments, or they have another form
 */
export function parseDnsArgs(args: string): DnsArgs {
  if (args === "") {
    throw new SyntaxError(
      "Cannot make a DNS query without arguments: expected TYPE,NAME, for example A,example.com",
    );
  }
  const list = args.replace(/^;/, "").replace(/;$/, "");
  if (list === "") return { questions: [DEFAULT_QUESTION], warnings: [] };
  const warnings: string[] = [];
  const questions = list.split(";").map((text): DnsQuestion => {
    const [, typeName, suffix, name] =
      /^([A-Za-z]+)(?::([^,]*))?,(.+)$/s.exec(text) ?? [];
    if (typeName === undefined || name === undefined) {
      throw new SyntaxError(
        `Cannot parse probe arguments "${args}": "${text}" is not TYPE,NAME`,
      );
    }
    if (!Object.hasOwn(DNS_TYPES, typeName)) {
      throw new SyntaxError(
        `Cannot parse probe arguments "${args}": type "${typeName}" is not one of ${
          Object.keys(DNS_TYPES).join(", ")
        }`,
      );
    }
    if (suffix !== undefined && suffix !== NO_RECURSION) {
      warnings.push(
        `Unknown suffix ":${suffix}" of DNS type ${typeName} has no effect; there is ":${NO_RECURSION}"`,
      );
    }
    return {
      name,
      type: DNS_TYPES[typeName]!,
      isRecursionDesired: suffix !== NO_RECURSION,
    };
  });
  return { questions, warnings };
}
