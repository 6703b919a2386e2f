import assert from "node:assert/strict";
import { runOutside } from "./namespace.ts";

const EXECUTABLE = Deno.env.get("PACEMAP");
const DRY_RUN = ["--dryrun", "-n", "2", "-e", "1", "-p", "80", "-q"];
/** Variables by which Deno and Node.js run code, listen, read or write files; `$D` is a directory. */
const VARIABLES = [
  ...["NODE_OPTIONS=--require $D/hostile.cjs", "DENO_V8_FLAGS=--help"],
  ...["NODE_OPTIONS=--inspect-brk", "DENO_INSPECT=1", "DENO_INSPECT_BRK=1"],
  ...["DENO_DIR=$D/dir", "DENO_COVERAGE_DIR=$D/a", "NODE_V8_COVERAGE=$D/b"],
  ...["DENO_AUDIT_PERMISSIONS=$D/audit", "ICU_DATA=$D", "OTEL_DENO=true"],
  ...["DENO_TLS_CA_STORE=system", "DENO_CERT=$D/hostile.cjs"],
  ...["NODE_EXTRA_CA_CERTS=$D/hostile.cjs", "DENO_NO_PROMPT=0"],
  ...["DENO_PERMISSION_BROKER_PATH=$D/broker", "RUST_LOG=debug"],
];

// Of a program that Deno runs from source there is nothing to be said.
if (EXECUTABLE !== undefined) testExecutable(EXECUTABLE);

function testExecutable(executable: string): void {
  const name =
    "executable writes no cache, and no variable of its runtime changes it";
  Deno.test(name, async () => {
    const directory = await Deno.makeTempDir({ prefix: "pacemap-test-" });
    const temporary = `${directory}/temporary`;
    try {
      await Deno.mkdir(temporary);
      const hostile = `require("fs").writeFileSync("${temporary}/hacked", "")`;
      await Deno.writeTextFile(`${directory}/hostile.cjs`, hostile);
      const run = async (...variables: string[]): Promise<string> => {
        const environment = [...variables, `D=${temporary}`]
          .map((text) => text.replaceAll("$D", directory));
        const { code, stderr, stdout } = await runOutside([
          ...["env", "-i", `TMPDIR=${temporary}`, ...environment],
          ...[executable, ...DRY_RUN, "-b", "/dev/null", "198.18.0.0/28"],
        ]);
        assert.equal(code, 0, stderr);
        // All else is chosen at random.
        return [...stdout.matchAll(/ daddr: ([\d.]+)/g)].join("\n");
      };
      const plain = await run();
      assert.match(plain, /198\.18\.0\.\d+/);
      assert.equal(await run(...VARIABLES), plain);
      for (const variable of VARIABLES.slice(0, 3)) {
        assert.equal(await run(variable), plain, variable);
      }
      const left = [...Deno.readDirSync(directory)].map(({ name }) => name);
      assert.deepEqual(left.sort(), ["hostile.cjs", "temporary"]);
      assert.deepEqual([...Deno.readDirSync(temporary)], []);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
