import assert from "node:assert/strict";
import type { ColorChoice } from "./options/logging.ts";
import { type TerminalFacts, terminalFacts } from "./terminal_facts.ts";

interface Case {
  readonly color?: ColorChoice;
  readonly isTerminal?: boolean;
  readonly variables?: Readonly<Record<string, string>>;
}

function factsOf(
  { color = "auto", isTerminal = true, variables = {} }: Case,
): Omit<TerminalFacts, "size"> {
  const { hasColor, isAddressable, isUtf8 } = terminalFacts(color, {
    get: (name) => variables[name],
    isTerminal,
  });
  return { hasColor, isAddressable, isUtf8 };
}

Deno.test("terminalFacts() rewrites and colours in a terminal that is not dumb", () => {
  assert.deepEqual(factsOf({}), {
    hasColor: true,
    isAddressable: true,
    isUtf8: false,
  });
  const none = { hasColor: false, isAddressable: false, isUtf8: false };
  assert.deepEqual(factsOf({ isTerminal: false }), none);
  assert.deepEqual(factsOf({ variables: { TERM: "dumb" } }), none);
});

Deno.test("terminalFacts() follows --color, then NO_COLOR, then FORCE_COLOR", () => {
  const cases: readonly (readonly [Case, boolean])[] = [
    [{ variables: { NO_COLOR: "1" } }, false],
    [{ variables: { NO_COLOR: "" } }, true],
    [{ variables: { NO_COLOR: "1", FORCE_COLOR: "1" } }, false],
    [{ variables: { FORCE_COLOR: "1" }, isTerminal: false }, true],
    [{ variables: { FORCE_COLOR: "0" } }, false],
    [{ variables: { NO_COLOR: "1" }, color: "always" }, true],
    [{ isTerminal: false, color: "always" }, true],
    [{ variables: { FORCE_COLOR: "1" }, color: "never" }, false],
  ];
  for (const [one, hasColor] of cases) {
    assert.equal(factsOf(one).hasColor, hasColor, JSON.stringify(one));
  }
});

Deno.test("terminalFacts() reads the character set from the locale, the strongest variable first", () => {
  const isUtf8 = (variables: Record<string, string>): boolean =>
    factsOf({ variables }).isUtf8;
  assert.ok(isUtf8({ LANG: "en_US.UTF-8" }));
  assert.ok(isUtf8({ LANG: "C", LC_CTYPE: "C.utf8" }));
  assert.ok(!isUtf8({ LANG: "en_US.UTF-8", LC_ALL: "POSIX" }));
  assert.ok(isUtf8({ LANG: "de_DE.UTF-8", LC_ALL: "" }));
});
