import { PreflightError } from "../base/mod.ts";
import { NSENTER, SEARCH_PATH } from "./host.ts";

/** Something that the test network or the tests need, and the package that has it. */
export interface Requirement {
  /** Name of a command, or of a library such as `libpcap`. */
  readonly name: string;
  readonly purpose: string;
  /** Package names by package manager. */
  readonly packages: Readonly<Record<PackageManager, string>>;
}

/** The package managers that installation commands are given for. */
export type PackageManager = "apt-get" | "dnf" | "apk" | "pacman";

const INSTALL_COMMANDS: Readonly<Record<PackageManager, string>> = {
  "apt-get": "apt-get install",
  dnf: "dnf install",
  apk: "apk add",
  pacman: "pacman -S",
};

function requirement(
  name: string,
  purpose: string,
  names: readonly [
    debian: string,
    fedora: string,
    alpine: string,
    arch: string,
  ],
): Requirement {
  const [debian, fedora, alpine, arch] = names;
  return {
    name,
    purpose,
    packages: { "apt-get": debian, dnf: fedora, apk: alpine, pacman: arch },
  };
}

const IP = requirement("ip", "builds the test network", [
  "iproute2",
  "iproute",
  "iproute2",
  "iproute2",
]);
const LIBPCAP = requirement("libpcap", "captures the answers", [
  "libpcap0.8",
  "libpcap",
  "libpcap",
  "libpcap",
]);
const SETPRIV = requirement("setpriv", "ends what runs in the test network", [
  "util-linux",
  "util-linux",
  "setpriv",
  "util-linux",
]);
const NFT = requirement("nft", "counts and limits packets", [
  "nftables",
  "nftables",
  "nftables",
  "nftables",
]);
const NGINX = requirement("nginx", "answers on port 80", [
  "nginx",
  "nginx",
  "nginx",
  "nginx",
]);
const CC = requirement("cc", "checks the layouts of kernel structures", [
  "gcc libc6-dev",
  "gcc",
  "gcc musl-dev",
  "gcc",
]);
/** A name server that answers for any of its addresses. */
export const KNOT: Requirement = requirement("knotd", "answers DNS queries", [
  "knot",
  "knot",
  "knot",
  "knot",
]);
/** On Debian there is room for one keeper of the clock only: where there is another, tests do without. */
export const CHRONY: Requirement = requirement(
  "chronyd",
  "answers NTP requests",
  ["chrony", "chrony", "chrony", "chrony"],
);
/** Reads packets as people do who look for mistakes in them. */
export const TSHARK: Requirement = requirement(
  "tshark",
  "dissects probes",
  ["tshark", "wireshark-cli", "tshark", "wireshark-cli"],
);

/** Knows the numbers and layouts of the other architecture. */
const ARM64_CC = requirement(
  "aarch64-linux-gnu-gcc",
  "checks the layouts of kernel structures for arm64",
  [
    "gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
    "gcc-aarch64-linux-gnu",
    "gcc-aarch64-none-elf",
    "aarch64-linux-gnu-gcc",
  ],
);
/** Reads JSON in shell scripts. */
export const JQ: Requirement = requirement(
  "jq",
  "reads the summary of a scan",
  ["jq", "jq", "jq", "jq"],
);

/** Reads XML as importers do. */
export const XMLLINT: Requirement = requirement(
  "xmllint",
  "reads results in XML",
  ["libxml2-utils", "libxml2", "libxml2-utils", "libxml2"],
);

/** A terminal of any size whose cells can be read. */
export const TMUX: Requirement = requirement(
  "tmux",
  "shows the status in terminals",
  ["tmux", "tmux", "tmux", "tmux"],
);

/** Shows the live page and the report. */
export const CHROMIUM: Requirement = requirement(
  "chromium",
  "shows the live page",
  ["chromium", "chromium-headless", "chromium", "chromium"],
);

/** Reads metrics, and checks them. */
export const PROMETHEUS: Requirement = requirement(
  "promtool",
  "reads the metrics of a scan",
  ["prometheus", "golang-github-prometheus", "prometheus", "prometheus"],
);

/** What `pacemap demo` cannot do without. */
export const DEMO_REQUIREMENTS: readonly Requirement[] = [IP, SETPRIV, LIBPCAP];
/** What the demo shows more with. */
export const DEMO_OPTIONS: readonly Requirement[] = [NFT, NGINX];
/** What it takes to run every test. */
export const TEST_REQUIREMENTS: readonly Requirement[] = [
  ...DEMO_REQUIREMENTS,
  ...DEMO_OPTIONS,
  CC,
];
/** What some tests need that others can do without. */
export const TEST_OPTIONS: readonly Requirement[] = [
  ...[KNOT, CHRONY, TSHARK, JQ, XMLLINT, TMUX, PROMETHEUS, CHROMIUM],
  ARM64_CC,
];

/** What a look at this machine found. */
export interface Inventory {
  /** Names of requirements that are there. */
  readonly present: ReadonlySet<string>;
  readonly packageManager: PackageManager | null;
}

/** Prints the name of each command and library found, one a line. */
const LOOK_SCRIPT = `
for name in "$@"; do command -v "$name" >/dev/null 2>&1 && echo "$name"; done
for file in /lib/*/libpcap.so.* /usr/lib/*/libpcap.so.* /lib64/libpcap.so.* /usr/lib64/libpcap.so.* \
  /lib/libpcap.so.* /usr/lib/libpcap.so.* /usr/local/lib/libpcap.so.*; do [ -e "$file" ] && echo libpcap && break; done
exit 0`;

/**
 * Looks for every command and library that the demo and the tests use. Deno may not look into system
 * directories itself, so a shell does; `nsenter` without flags just runs it, and needs no further permission.
 *
 * @throws {PreflightError} when `nsenter` itself is missing, or cannot run a shell
 */
export async function takeInventory(): Promise<Inventory> {
  const managers = Object.keys(INSTALL_COMMANDS) as PackageManager[];
  const names = [...TEST_REQUIREMENTS, ...TEST_OPTIONS]
    .map(({ name }) => name);
  try {
    const { stderr, stdout, success } = await new Deno.Command(NSENTER, {
      args: ["sh", "-c", LOOK_SCRIPT, "sh", ...names, ...managers],
      env: { PATH: SEARCH_PATH },
      stdin: "null",
    }).output();
    if (!success) {
      throw new PreflightError(
        "packages",
        `Cannot look for packages: ${new TextDecoder().decode(stderr).trim()}`,
        "Check that nsenter and sh run here",
      );
    }
    const present = new Set(new TextDecoder().decode(stdout).split("\n"));
    return {
      present,
      packageManager: managers.find((name) => present.has(name)) ?? null,
    };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new PreflightError(
      "packages",
      "Cannot find nsenter",
      "Install util-linux, which has unshare and nsenter",
      error,
    );
  }
}

/** Those of `requirements` that the machine lacks. */
export function missing(
  inventory: Inventory,
  requirements: readonly Requirement[],
): Requirement[] {
  return requirements.filter(({ name }) => !inventory.present.has(name));
}

/** The command that installs these requirements here, or a list of them where the package manager is unknown. */
export function installCommand(
  inventory: Inventory,
  requirements: readonly Requirement[],
): string {
  const manager = inventory.packageManager;
  if (manager === null) {
    return `install ${requirements.map(({ name }) => name).join(", ")}`;
  }
  return `${INSTALL_COMMANDS[manager]} ${
    requirements.map(({ packages }) => packages[manager]).join(" ")
  }`;
}
