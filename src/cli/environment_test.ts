import assert from "node:assert/strict";
import { completeLibc } from "../../ffi/libc.ts";
import { ConfigError, ENVIRONMENT_VARIABLES } from "../base/mod.ts";
import { SCAN_COMMAND } from "./arguments.ts";
import type { OptionValues } from "./options.ts";
import {
  type Environment,
  type OptionLevel,
  permittedVariables,
  PROCESS_ENVIRONMENT,
  readEnvironment,
} from "./environment.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

function environmentOf(
  variables: Readonly<Record<string, string>>,
): Environment {
  return {
    names: (prefix) =>
      Object.keys(variables).filter((name) => name.startsWith(prefix)),
    get: (name) => variables[name],
  };
}

function read(
  variables: Readonly<Record<string, string>>,
): OptionLevel<OptionValues> {
  return readEnvironment(SCAN_COMMAND, environmentOf(variables));
}

Deno.test("readEnvironment() takes a variable for each option", () => {
  const { places, texts } = read({
    PACEMAP_TARGET_PORTS: "80,443",
    PACEMAP_QUIET: "TRUE",
    PACEMAP_DRYRUN: "0",
    PACEMAP_NOTES: "",
    PACEMAP_OUTPUT_MODULE: "csv\njson\n",
    PACEMAP: "of somebody else",
    PACEMAP_SERVICE_HOST: "10.0.0.1",
    PACEMAP_PORT_80_TCP_ADDR: "10.0.0.1",
    HOME: "/root",
  });
  assert.deepEqual([...texts], [
    ["targetPorts", ["80,443"]],
    ["quiet", [""]],
    ["dryrun", ["no"]],
    ["outputModule", ["csv", "json"]],
  ]);
  assert.equal(places.get("targetPorts"), "PACEMAP_TARGET_PORTS");
});

Deno.test("readEnvironment() refuses variables that are no options, and names the nearest", () => {
  for (
    const [name, value, about] of [
      ["PACEMAP_RTAE", "5", /^No option.*mean PACEMAP_RATE\?/],
      ["PACEMAP_rate", "5", /^No option.*mean PACEMAP_RATE\?/],
      ["PACEMAP_TARGET_PORT", "5", /mean PACEMAP_TARGET_PORTS\?/],
      ["PACEMAP_XYZZY", "", /^No option.*unset the variable/],
      ["PACEMAP_", "1", /^No option/],
      ["PACEMAP_HELP", "1", /^No option/],
      ["PACEMAP_NO_CONFIG", "1", /^No option/],
      ["PACEMAP_QUIET", "maybe", /as yes or no/],
    ] as const
  ) {
    assert.throws(() => read({ [name]: value }), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.option, name);
      assert.match(`${error.message} ${error.remedy}`, about);
      return true;
    });
  }
});

Deno.test("readEnvironment() says what Deno has to permit", () => {
  const environment = {
    names: () => ["PACEMAP_RATE"],
    get: () => {
      throw new Deno.errors.NotCapable("no");
    },
  };
  assert.throws(
    () => readEnvironment(SCAN_COMMAND, environment),
    (error) =>
      error instanceof ConfigError &&
      /--allow-env=PACEMAP_RATE/.test(error.remedy),
  );
});

Deno.test("PROCESS_ENVIRONMENT tells names without the right to read values", () => {
  assert.ok(PROCESS_ENVIRONMENT.names("PAT").includes("PATH"));
  assert.throws(() => Deno.env.get("PATH"), Deno.errors.NotCapable);
  assert.deepEqual(PROCESS_ENVIRONMENT.names("NO_SUCH_VARIABLE_"), []);
});

Deno.test("permittedVariables() are those that the program is granted: deno task environment writes them", () => {
  const names = permittedVariables(SCAN_COMMAND);
  assert.ok(names.includes("PACEMAP_V6_WINDOW"));
  assert.ok(!names.includes("PACEMAP_HELP"));
  assert.deepEqual(ENVIRONMENT_VARIABLES, names);
});
