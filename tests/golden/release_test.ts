import assert from "node:assert/strict";
import { type Build, makeArchive } from "../../scripts/release/archive.ts";
import { makeDebianPackage } from "../../scripts/release/debian.ts";
import { run } from "../../scripts/release/process.ts";
import { ARCHITECTURES } from "../../scripts/release/release_facts.ts";

const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const TEXTS: Build["texts"] = {
  manual: '.TH PACEMAP 1 "2026-01-31"\n',
  completions: { bash: "# bash\n", zsh: "# zsh\n", fish: "# fish\n" },
  config: "# nothing\n",
  service: "[Unit]\n",
  license: "Licence\n",
  readme: "Read me\n",
  pages: new Map([["options.md", "Options\n"]]),
  examples: new Map([["scan.sh", "#!/bin/sh\n"], ["probe.ts", "// probe\n"]]),
};
const ignore = !await exists("/usr/bin/dpkg-deb");

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Makes both packages of a small program in a new directory; returns it. */
async function makePackages(): Promise<string> {
  const output = await Deno.makeTempDir({ prefix: "pacemap-test-" });
  const [architecture] = ARCHITECTURES;
  const build: Build = {
    architecture,
    facts: {
      version: "1.2.3",
      epochSeconds: 1_769_817_600,
      maintainer: "Some One <one@example.org>",
    },
    texts: TEXTS,
    executable: new TextEncoder().encode("#!/bin/sh\necho 1.2.3\n"),
    bom: "{}\n",
    work: `${output}/work`,
    output,
  };
  await makeArchive(build);
  await makeDebianPackage(build, ROOT);
  return output;
}

Deno.test({
  name: "packages have the same bytes whenever and wherever they are made",
  ignore,
  fn: async () => {
    const first = await makePackages();
    // Files of the second get other times, in seconds too.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const second = await makePackages();
    try {
      for (
        const name of [
          "pacemap-1.2.3-linux-x86_64.tar.gz",
          "pacemap_1.2.3_amd64.deb",
        ]
      ) {
        const bytes = await Deno.readFile(`${first}/${name}`);
        assert.deepEqual(await Deno.readFile(`${second}/${name}`), bytes, name);
      }
      await checkContents(first);
    } finally {
      for (const path of [first, second]) {
        await Deno.remove(path, { recursive: true });
      }
    }
  },
});

/** Rights, owners and times of what is packed, and what dpkg is told. */
async function checkContents(directory: string): Promise<void> {
  const deb = `${directory}/pacemap_1.2.3_amd64.deb`;
  const zone = { env: { TZ: "UTC" } };
  const files = await run(["dpkg-deb", "--contents", deb], zone);
  const time = "2026-01-31 00:00";
  const line = (mode: string, path: string): RegExp =>
    new RegExp(`^${mode} root/root +\\d+ ${time} \\./${path}$`, "m");
  assert.match(files, line("-rwxr-xr-x", "usr/bin/pacemap"));
  assert.match(files, line("-rw-r--r--", "etc/pacemap/pacemap.conf"));
  const examples = "usr/share/doc/pacemap/examples";
  assert.match(files, line("-rwxr-xr-x", `${examples}/scan.sh`));
  assert.match(files, line("-rw-r--r--", `${examples}/probe.ts`));
  for (const one of files.trimEnd().split("\n")) {
    assert.match(one, /^(?:drwxr-xr-x|-rw[x-]r-[x-]r-[x-]) root\/root /);
    assert.ok(one.includes(` ${time} `), one);
  }
  const info = (name: string): Promise<string> =>
    run(["dpkg-deb", "--info", deb, name]);
  assert.equal(await info("conffiles"), "/etc/pacemap/pacemap.conf\n");
  assert.match(await info("control"), /^Version: 1\.2\.3$/m);
  const sums = await info("md5sums");
  assert.match(sums, /^[0-9a-f]{32} {2}usr\/bin\/pacemap$/m);
  assert.doesNotMatch(sums, /etc\/pacemap/);
  const archive = `${directory}/pacemap-1.2.3-linux-x86_64.tar.gz`;
  const packed = await run(["tar", "-tvzf", archive, "--numeric-owner"], zone);
  for (const one of packed.trimEnd().split("\n")) {
    assert.match(one, new RegExp(`^[d-]rw[x-]r-[x-]r-[x-] 0/0 .* ${time} `));
  }
}
