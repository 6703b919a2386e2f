// deno-lint-ignore-file no-console
/**
 * Sets a machine up for a task: `setup.ts demo` or `setup.ts test`. As root on Debian and its relatives it
 * installs the packages that are missing; elsewhere it says which they are. For tests it also says whether they can
 * have namespaces; the demo says that itself.
 */
import { PreflightError } from "../src/base/mod.ts";
import {
  DEMO_REQUIREMENTS,
  Host,
  installCommand,
  missing,
  NSENTER,
  takeInventory,
  TEST_OPTIONS,
  TEST_REQUIREMENTS,
} from "../src/demo/mod.ts";

/**
 * Installs the packages named by the arguments. Servers that come with them are for the test network only: they
 * are neither started now nor at the next boot. A machine whose clock is kept already gets no time server, since
 * installing one would remove the other.
 */
const INSTALL_SCRIPT = `
set -e
clocks="systemd-timesyncd ntpsec openntpd"
packages=
for package; do
  if [ "$package" = chrony ] &&
    dpkg-query -W -f '\${db:Status-Status}\\n' $clocks 2>/dev/null | grep -qx installed
  then continue; fi
  packages="$packages $package"
done
[ -n "$packages" ] || exit 0
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' >"$policy"
  chmod 755 "$policy"
fi
apt-get update -qq || true
apt-get install -y -qq --no-install-recommends $packages </dev/null
for server in nginx knot chrony prometheus; do
  case "$packages " in *" $server "*) systemctl disable "$server" >/dev/null 2>&1 || true ;; esac
done`;

const isForTests = Deno.args[0] === "test";
const wanted = isForTests
  ? [...TEST_REQUIREMENTS, ...TEST_OPTIONS]
  : DEMO_REQUIREMENTS;
const inventory = await takeInventory();
const lacking = missing(inventory, wanted);
if (lacking.length > 0) {
  if (Deno.uid() === 0 && inventory.packageManager === "apt-get") {
    const packages = lacking.flatMap((one) =>
      one.packages["apt-get"].split(" ")
    );
    console.error(`Installing ${packages.join(" ")}`);
    const { success } = await new Deno.Command(NSENTER, {
      args: ["sh", "-c", INSTALL_SCRIPT, "sh", ...packages],
      stdout: "null",
    }).output();
    if (!success) {
      throw new Error(`Cannot install packages: ${packages.join(" ")}`);
    }
  } else {
    for (const { name, purpose } of lacking) {
      console.error(`Missing: ${name}, which ${purpose}`);
    }
    console.error(`To have them: ${installCommand(inventory, lacking)}`);
  }
}

if (isForTests) {
  try {
    await using _host = await Host.create();
  } catch (error) {
    if (!(error instanceof PreflightError)) throw error;
    console.error(`${error.message}: tests that need one are skipped`);
    console.error(`To run them: ${error.remedy}`);
  }
}
