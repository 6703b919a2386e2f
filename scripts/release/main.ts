// deno-lint-ignore-file no-console
/**
 * Makes all packages of a release in `dist`: `deno task release [ARCHITECTURE]...`, for x86_64 and aarch64 unless
 * fewer are named. The same commit gives the same bytes.
 */
import { encodeHex } from "../../src/base/mod.ts";
import { type Build, makeArchive } from "./archive.ts";
import { billOfMaterials } from "./bom.ts";
import { compileFor, compilerVersion } from "./compile.ts";
import { releaseTexts } from "./contents.ts";
import { makeDebianPackage } from "./debian.ts";
import {
  type Architecture,
  ARCHITECTURES,
  type ReleaseFacts,
  releaseFacts,
} from "./release_facts.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const output = `${root}/dist`;

/** The architectures that the arguments name; all without one. */
function chosen(names: readonly string[]): readonly Architecture[] {
  const known = ARCHITECTURES.map(({ kernel }) => kernel);
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) {
    throw new Error(
      `Unknown architecture "${unknown}": give ${known.join(" or ")}`,
    );
  }
  return ARCHITECTURES.filter(({ kernel }) =>
    names.length === 0 || names.includes(kernel)
  );
}

/** Makes what there is for one architecture; returns the names of the files. */
async function makePackages(
  architecture: Architecture,
  facts: ReleaseFacts,
): Promise<string[]> {
  const work = await Deno.makeTempDir({ prefix: "pacemap-release-" });
  try {
    const path = `${work}/pacemap`;
    await compileFor(architecture, { path, root });
    const executable = await Deno.readFile(path);
    const runtimeVersion = await compilerVersion();
    const bom = await billOfMaterials({
      ...{ architecture, executable, facts, root, runtimeVersion },
    });
    const texts = await releaseTexts(root, facts);
    const build: Build = {
      ...{ architecture, bom, executable, facts, output, texts, work },
    };
    const bomName = `pacemap-${facts.version}-${architecture.kernel}.cdx.json`;
    await Deno.writeTextFile(`${output}/${bomName}`, bom);
    return [
      await makeArchive(build),
      await makeDebianPackage(build, root),
      bomName,
    ];
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** A line of `SHA256SUMS`. */
async function checksumLine(name: string): Promise<string> {
  const bytes = await Deno.readFile(`${output}/${name}`);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `${encodeHex(new Uint8Array(digest))}  ${name}\n`;
}

const facts = await releaseFacts(root);
const architectures = chosen(Deno.args);
await Deno.mkdir(output, { recursive: true });
const names: string[] = ["Containerfile"];
await Deno.copyFile(
  `${root}/packaging/Containerfile`,
  `${output}/Containerfile`,
);
let missing = 0;
for (const architecture of architectures) {
  try {
    names.push(...await makePackages(architecture, facts));
  } catch (error) {
    console.error((error as Error).message);
    missing++;
  }
}
const lines: string[] = [];
for (const name of names.toSorted()) lines.push(await checksumLine(name));
await Deno.writeTextFile(`${output}/SHA256SUMS`, lines.join(""));
console.log(lines.join("").trimEnd());
if (missing > 0) {
  throw new Error(`Packages of ${missing} architectures are missing`);
}
