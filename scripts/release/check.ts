// deno-lint-ignore-file no-console
/**
 * Tries what `deno task release` made for this machine: `deno task release:check`. With `texts` it tries only what
 * needs no packages: manual page, completions and unit; what the programs for it are missing for is then left out.
 */
import { checkDebianPackage } from "./check_debian.ts";
import { completeIn } from "./check_shells.ts";
import { validateBom } from "./check_bom.ts";
import { type ReleaseTexts, releaseTexts } from "./contents.ts";
import { attempt, run, type RunResult, targetsOf } from "./process.ts";
import {
  ARCHITECTURES,
  type ReleaseFacts,
  releaseFacts,
} from "./release_facts.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const isForTexts = Deno.args[0] === "texts";
/** Most exposure that `systemd-analyze security` may find, in tenths. */
const MOST_EXPOSURE = 30;
const DRY_RUN = [
  ...[
    "--dryrun",
    "--seed",
    "7",
    "-n",
    "3",
    "-p",
    "80",
    "-q",
    "-b",
    "/dev/null",
  ],
  ...["-S", "192.0.2.5", "-G", "00:11:22:33:44:55"],
  ...["--source-mac", "02:00:00:00:00:01", "198.18.0.0/24"],
];

let failed = 0;

/** Makes one check, and prints what became of it. */
async function check(
  name: string,
  program: string,
  body: () => Promise<RunResult>,
): Promise<void> {
  const { code: isMissing } = await attempt([
    "sh",
    "-c",
    `command -v ${program}`,
  ]);
  if (isMissing !== 0) {
    if (!isForTexts) failed++;
    console.log(
      `${
        isForTexts ? "left out" : "FAILED"
      }: ${name}: ${program} is not installed`,
    );
    return;
  }
  const { code, stderr, stdout } = await body();
  if (code === 0) {
    console.log(`ok: ${name}`);
    return;
  }
  failed++;
  console.log(`FAILED: ${name}: exit code ${code}\n${stdout}${stderr}`);
}

/** A result for what programs say although they are content. */
function silent(result: RunResult): RunResult {
  const { code, stderr, stdout } = result;
  return code === 0 && stdout + stderr !== "" ? { ...result, code: 1 } : result;
}

async function checkTexts(texts: ReleaseTexts, work: string): Promise<void> {
  const manual = `${work}/pacemap.1`;
  await Deno.writeTextFile(manual, texts.manual);
  await check(
    "manual page: mandoc has no warning",
    "mandoc",
    async () =>
      silent(await attempt(["mandoc", "-T", "lint", "-W", "warning", manual])),
  );
  await check(
    "manual page: man renders it",
    "man",
    async () =>
      silent(
        await attempt(["sh", "-c", `man --warnings -l ${manual} >/dev/null`]),
      ),
  );
  const scripts = {
    bash: "pacemap.bash",
    zsh: "_pacemap",
    fish: "pacemap.fish",
  } as const;
  for (const shell of ["bash", "zsh", "fish"] as const) {
    const path = `${work}/${scripts[shell]}`;
    await Deno.writeTextFile(path, texts.completions[shell]);
    await check(
      `completion: ${shell} completes`,
      shell,
      () => completeIn(shell, path),
    );
  }
  await checkUnit(texts.service, work);
}

async function checkUnit(service: string, work: string): Promise<void> {
  const unit = `${work}/pacemap@.service`;
  await Deno.writeTextFile(unit, service);
  await check(
    "unit: systemd-analyze verify",
    "systemd-analyze",
    async () =>
      silent(
        await attempt([
          ...[
            "systemd-analyze",
            "verify",
            "--man=no",
            `${work}/pacemap@x.service`,
          ],
        ]),
      ),
  );
  await check(
    `unit: exposure of ${MOST_EXPOSURE / 10} at most`,
    "systemd-analyze",
    () =>
      attempt([
        ...["systemd-analyze", "security", "--offline=true", "--no-pager"],
        ...[`--threshold=${MOST_EXPOSURE}`, unit],
      ]),
  );
}

async function checkArchive(name: string, work: string): Promise<void> {
  await check(
    "archive: what is in it runs, alone in a directory",
    "tar",
    async () => {
      await run(["tar", "-xzf", `${root}/dist/${name}.tar.gz`, "-C", work]);
      const version = await run([`${work}/${name}/pacemap`, "--version"], {
        cwd: work,
      });
      const made = await run([`${work}/${name}/pacemap`, ...DRY_RUN], {
        cwd: work,
      });
      const wanted = await run([
        "deno",
        "task",
        "--quiet",
        "pacemap",
        ...DRY_RUN,
      ], { cwd: root });
      const isSame = targetsOf(made) === targetsOf(wanted) &&
        targetsOf(made) !== "" && version.startsWith("pacemap ");
      return { code: isSame ? 0 : 1, stdout: made, stderr: wanted };
    },
  );
}

async function checkPackages(facts: ReleaseFacts, work: string): Promise<void> {
  const { version } = facts;
  const { debian, kernel } = ARCHITECTURES.find((one) =>
    one.kernel === Deno.build.arch
  )!;
  const dist = `${root}/dist`;
  const deb = `${dist}/pacemap_${version}_${debian}.deb`;
  await check(
    "SHA256SUMS",
    "sha256sum",
    () =>
      attempt(["sha256sum", "--check", "--quiet", "SHA256SUMS"], { cwd: dist }),
  );
  await checkArchive(`pacemap-${version}-linux-${kernel}`, work);
  await check(
    "bill of materials: CycloneDX's schema",
    "deno",
    () => validateBom(`${dist}/pacemap-${version}-${kernel}.cdx.json`, work),
  );
  await check(
    "Debian package: lintian finds no error",
    "lintian",
    () => attempt(["lintian", "--fail-on", "error", "--allow-root", deb]),
  );
  await check(
    "Debian package: installed, used and purged",
    "debootstrap",
    () => checkDebianPackage({ deb, dryRun: DRY_RUN, work, root }),
  );
}

const facts = await releaseFacts(root);
const work = await Deno.makeTempDir({ prefix: "pacemap-check-" });
try {
  await checkTexts(await releaseTexts(root, facts), work);
  if (!isForTexts) await checkPackages(facts, work);
} finally {
  await Deno.remove(work, { recursive: true });
}
if (failed > 0) throw new Error(`${failed} checks failed`);
