import { type Build, filesIn } from "./archive.ts";
import { type PackageFile, textFile, writeTree } from "./contents.ts";
import { run } from "./process.ts";
import type { ReleaseFacts } from "./release_facts.ts";

const DOC = "usr/share/doc/pacemap";
const CONFIG = "etc/pacemap/pacemap.conf";
/** Names of days and months as a changelog has them. */
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Makes the Debian package; returns its name. */
export async function makeDebianPackage(
  build: Build,
  root: string,
): Promise<string> {
  const { architecture, executable, facts, output, texts, work } = build;
  const tree = `${work}/debian`;
  const packaged = (name: string): Promise<string> =>
    Deno.readTextFile(`${root}/packaging/${name}`);
  const files: PackageFile[] = [
    { path: "usr/bin/pacemap", content: executable, mode: 0o755 },
    textFile(CONFIG, texts.config),
    textFile("lib/systemd/system/pacemap@.service", texts.service),
    textFile(
      "usr/share/bash-completion/completions/pacemap",
      texts.completions.bash,
    ),
    textFile(
      "usr/share/zsh/vendor-completions/_pacemap",
      texts.completions.zsh,
    ),
    textFile(
      "usr/share/fish/vendor_completions.d/pacemap.fish",
      texts.completions.fish,
    ),
    textFile(
      "usr/share/lintian/overrides/pacemap",
      await packaged("lintian-overrides"),
    ),
    await compressed("usr/share/man/man1/pacemap.1.gz", texts.manual),
    await compressed(`${DOC}/changelog.gz`, changelog(facts)),
    await compressed(`${DOC}/README.md.gz`, texts.readme),
    await compressed(`${DOC}/pacemap.cdx.json.gz`, build.bom),
    textFile(`${DOC}/copyright`, await packaged("copyright")),
    ...filesIn(`${DOC}/docs`, texts.pages),
    ...filesIn(`${DOC}/examples`, texts.examples),
  ];
  await writeTree(tree, files);
  await writeTree(`${tree}/DEBIAN`, [
    textFile("control", control(build, files)),
    textFile("conffiles", `/${CONFIG}\n`),
    textFile("md5sums", await checksums(tree, files)),
  ]);
  const name = `pacemap_${facts.version}_${architecture.debian}.deb`;
  await run([
    ...["dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build"],
    ...[tree, `${output}/${name}`],
  ], { env: { SOURCE_DATE_EPOCH: `${facts.epochSeconds}` } });
  return name;
}

function control(
  { architecture, facts }: Build,
  files: readonly PackageFile[],
): string {
  const bytes = files.reduce((sum, { content }) => sum + content.length, 0);
  return `Package: pacemap
Version: ${facts.version}
Section: net
Priority: optional
Architecture: ${architecture.debian}
Maintainer: ${facts.maintainer}
Installed-Size: ${Math.ceil(bytes / 1024)}
Depends: libc6 (>= 2.27), libgcc-s1
Recommends: libpcap0.8t64 | libpcap0.8
Suggests: iproute2, nftables, nginx-light
Description: network scanner that accounts for every packet
 Sends one probe to each of a set of addresses and ports, up to the whole IPv4
 Internet and chosen targets of IPv6, in an order that spreads the load, and
 reports who answers. What is lost is counted where it is lost, and what the
 network loses is estimated and can be sent again.
 .
 Options, files and output are those of ZMap. Needs root or CAP_NET_RAW.
`;
}

function changelog(facts: ReleaseFacts): string {
  return `pacemap (${facts.version}) unstable; urgency=medium

  * Release ${facts.version}.

 -- ${facts.maintainer}  ${mailDate(facts.epochSeconds)}
`;
}

/** A time as RFC 5322 has it, in UTC. */
function mailDate(epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000);
  const day = String(date.getUTCDate()).padStart(2, "0");
  const time = date.toISOString().slice(11, 19);
  return `${DAYS[date.getUTCDay()]}, ${day} ${
    MONTHS[date.getUTCMonth()]
  } ${date.getUTCFullYear()} ${time} +0000`;
}

async function compressed(path: string, text: string): Promise<PackageFile> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, text);
    await run(["gzip", "-9n", "--force", file]);
    return { path, content: await Deno.readFile(`${file}.gz`), mode: 0o644 };
  } finally {
    await Deno.remove(`${file}.gz`);
  }
}

/** As `md5sum` prints them, for all files but those of configuration. */
async function checksums(
  tree: string,
  files: readonly PackageFile[],
): Promise<string> {
  const paths = files.map(({ path }) => path)
    .filter((path) => path !== CONFIG).toSorted();
  return await run(["md5sum", ...paths], { cwd: tree });
}
