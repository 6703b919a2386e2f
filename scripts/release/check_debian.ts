import { attempt, run, type RunResult, targetsOf } from "./process.ts";

/** What is tried, and with what. */
export interface DebianCheck {
  /** Path of the package. */
  readonly deb: string;
  /** Arguments of a dry run. */
  readonly dryRun: readonly string[];
  /** A directory to work in. */
  readonly work: string;
  readonly root: string;
}

/**
 * Runs in namespaces without any network: installs the package into the tree `$1`, prints a dry run, and sees that the
 * configuration file is one, changes nothing, and that a purge leaves nothing.
 */
const SCRIPT = `
tree=$1; shift
mount --bind "$tree" "$tree"
mount -t proc proc "$tree/proc"
in_tree() { chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
in_tree dpkg --install /pacemap.deb >/dev/null
in_tree pacemap --version >/dev/null
in_tree dpkg-query --show --showformat='\${Conffiles}' pacemap | grep -q /etc/pacemap/pacemap.conf
! grep -v '^#' "$tree/etc/pacemap/pacemap.conf" | grep -q .
in_tree dpkg --verify pacemap
in_tree sh -c 'ldd /usr/bin/pacemap' | { ! grep "not found"; }
in_tree pacemap "$@"
in_tree dpkg --purge pacemap >/dev/null
! find "$tree" -xdev -name '*pacemap*' ! -path "$tree/pacemap.deb" | grep .
`;

/** Installs a package into a minimal Debian, which is made for that, and uses it there. */
export async function checkDebianPackage(
  { deb, dryRun, root, work }: DebianCheck,
): Promise<RunResult> {
  const tree = `${work}/debian`;
  const made = await attempt([
    "debootstrap",
    "--variant=minbase",
    "bookworm",
    tree,
  ]);
  if (made.code !== 0) return made;
  await Deno.copyFile(deb, `${tree}/pacemap.deb`);
  const unshare = [
    "unshare",
    "--mount",
    "--net",
    "--pid",
    "--fork",
    "--kill-child",
  ];
  const result = await attempt([
    ...unshare,
    ...["sh", "-euc", SCRIPT, "sh", tree, ...dryRun],
  ]);
  if (result.code !== 0) return result;
  const wanted = await run(["deno", "task", "--quiet", "pacemap", ...dryRun], {
    cwd: root,
  });
  const isSame = targetsOf(result.stdout) === targetsOf(wanted) &&
    targetsOf(wanted) !== "";
  return { ...result, code: isSame ? 0 : 1 };
}
