import { encodeHex } from "../../src/base/mod.ts";
import { run } from "./process.ts";
import type { Architecture, ReleaseFacts } from "./release_facts.ts";

/** Version of CycloneDX that is written. */
export const SPEC_VERSION = "1.6";
/** Licences of what executables hold; a package that is not among them stops a release until its licence is read. */
const LICENSES: Readonly<Record<string, string>> = {
  deno: "MIT",
  "@logtape/logtape": "MIT",
  "@noble/hashes": "MIT",
  "hyparquet": "MIT",
  "hyparquet-writer": "MIT",
  "uplot": "MIT",
};
/** Packages that no import leads to: the script of the page has them in it. */
const EMBEDDED: readonly string[] = ["uplot"];

/** A part of the program, in CycloneDX. */
interface Component {
  readonly type: "application" | "library" | "platform";
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly licenses: readonly unknown[];
  readonly purl: string;
  readonly hashes?: readonly unknown[];
}

/** What the bill of materials of an executable is made from. */
export interface BomParts {
  readonly facts: ReleaseFacts;
  readonly architecture: Architecture;
  readonly executable: Uint8Array<ArrayBuffer>;
  readonly runtimeVersion: string;
  readonly root: string;
}

/** The bill of materials: CycloneDX in JSON, the same for the same executable. */
export async function billOfMaterials(parts: BomParts): Promise<string> {
  const { architecture, executable, facts, root, runtimeVersion } = parts;
  const digest = await crypto.subtle.digest("SHA-256", executable);
  const sha256 = encodeHex(new Uint8Array(digest));
  const reference =
    `pkg:generic/pacemap@${facts.version}?arch=${architecture.kernel}`;
  const product: Component = {
    type: "application",
    "bom-ref": reference,
    name: "pacemap",
    version: facts.version,
    licenses: [{ license: { id: "Apache-2.0" } }],
    purl: reference,
    hashes: [{ alg: "SHA-256", content: sha256 }],
  };
  const components = [
    runtimeComponent(runtimeVersion),
    ...await packageComponents(root),
  ];
  const bom = {
    bomFormat: "CycloneDX",
    specVersion: SPEC_VERSION,
    serialNumber: `urn:uuid:${uuidOf(sha256)}`,
    version: 1,
    metadata: {
      timestamp: new Date(facts.epochSeconds * 1000).toISOString(),
      component: product,
    },
    components,
    dependencies: [
      { ref: reference, dependsOn: components.map((one) => one["bom-ref"]) },
    ],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function runtimeComponent(version: string): Component {
  const purl = `pkg:github/denoland/deno@v${version}`;
  return {
    type: "platform",
    "bom-ref": purl,
    name: "deno",
    version,
    licenses: [{ license: { id: licenseOf("deno") } }],
    purl,
  };
}

/** The packages that an executable holds: those that its code imports, and what they need. */
async function packageComponents(root: string): Promise<Component[]> {
  const graph: ModuleGraph = JSON.parse(
    await run(["deno", "info", "--json", "main.ts"], { cwd: root }),
  );
  const lock = JSON.parse(await Deno.readTextFile(`${root}/deno.lock`));
  const embedded = EMBEDDED.map((name) => {
    const key = Object.keys(lock.npm).find((one) =>
      one.startsWith(`${name}@`)
    )!;
    return { name, version: key.slice(name.length + 1) };
  });
  return [...heldPackages(graph), ...embedded].map(({ name, version }) => {
    const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    const [algorithm, digest = ""] = lock.npm[`${name}@${version}`].integrity
      .split("-");
    if (algorithm !== "sha512") {
      throw new Error(`Cannot use the digest of ${name}: ${algorithm}`);
    }
    return {
      type: "library",
      "bom-ref": purl,
      name,
      version,
      licenses: [{ license: { id: licenseOf(name) } }],
      purl,
      hashes: [{
        alg: "SHA-512",
        content: encodeHex(
          Uint8Array.from(atob(digest), (char) => char.charCodeAt(0)),
        ),
      }],
    };
  });
}

/** What `deno info --json` tells. */
export interface ModuleGraph {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<
    Record<string, {
      readonly name: string;
      readonly version: string;
      readonly dependencies: readonly string[];
    }>
  >;
}

/** The packages of a program, sorted: the bundle does not name them any more, and the list of all has those of tests. */
export function heldPackages(
  { modules, npmPackages }: ModuleGraph,
): ModuleGraph["npmPackages"][string][] {
  const held = new Set<string>();
  const add = (key: string): void => {
    if (held.has(key)) return;
    held.add(key);
    npmPackages[key]!.dependencies.forEach(add);
  };
  for (const { npmPackage } of modules) {
    if (npmPackage !== undefined) add(npmPackage);
  }
  return [...held].sort().map((key) => npmPackages[key]!);
}

function licenseOf(name: string): string {
  const license = LICENSES[name];
  if (license === undefined) {
    throw new Error(
      `The licence of ${name} is not known: read it, and add it to LICENSES and to packaging/copyright`,
    );
  }
  return license;
}

/** A UUID of version 8, RFC 9562 5.8, that a digest fixes. */
function uuidOf(hex: string): string {
  const variant = (8 | (Number.parseInt(hex[16]!, 16) & 3)).toString(16);
  return [
    ...[hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`],
    ...[`${variant}${hex.slice(17, 20)}`, hex.slice(20, 32)],
  ].join("-");
}
