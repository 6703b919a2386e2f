import { ConfigError } from "../base/mod.ts";
import type { ProbeModule } from "../probe/mod.ts";
import { parsePorts } from "../targets/mod.ts";
import type { Arguments } from "./arguments.ts";
import { inputName, type NamedPath, readInput, statOrNull } from "./files.ts";

/** Where nmap keeps how often each port is open. */
const NMAP_SERVICES = [
  "/usr/share/nmap/nmap-services",
  "/usr/local/share/nmap/nmap-services",
  "/opt/homebrew/share/nmap/nmap-services",
  "/opt/local/share/nmap/nmap-services",
];
/** A line of nmap's file: name, port, protocol and how often it is open. */
const SERVICE =
  /^(\S+)\s+([0-9]+)\/([a-z]+)(?:\s+([0-9.]+(?:e-?[0-9]+)?))?(?:\s|$)/i;

/**
 * The arguments with the ports that `--top-ports` and `--ports-file` stand for.
 *
 * @throws {ConfigError} when the file cannot be read or has too few ports, or --target-ports names some, too
 */
export async function withPorts(
  args: Arguments,
  module: ProbeModule,
): Promise<Arguments> {
  const { given, values } = args;
  const { portsFile, topPorts } = values;
  if (portsFile === null && topPorts === null) return args;
  const option = topPorts === null ? "--ports-file" : "--top-ports";
  if (given.has("targetPorts")) {
    throw new ConfigError(
      option,
      "Conflicts with --target-ports",
      "Give one of them",
    );
  }
  if (!module.usesPorts) {
    throw new ConfigError(
      option,
      `Probe module ${module.name} has no ports`,
      "Leave the option out",
    );
  }
  const file = portsFile === null
    ? await findServices()
    : { option: "--ports-file", path: portsFile };
  const protocol = /^(?:udp|dns|ntp|upnp|bacnet)/.test(module.name)
    ? "udp"
    : "tcp";
  const content = new TextDecoder().decode(await readInput(file));
  const targetPorts = topPorts === null
    ? allPorts(content, file, protocol)
    : topOf(content, file, { protocol, count: topPorts });
  return { ...args, values: { ...values, targetPorts } };
}

async function findServices(): Promise<NamedPath> {
  for (const path of NMAP_SERVICES) {
    if (await statOrNull(path) !== null) return { option: "--top-ports", path };
  }
  throw new ConfigError(
    "--top-ports",
    `No list of frequent ports is installed: ${
      NMAP_SERVICES[0]
    } is not there, nor in the other usual places`,
    "Install nmap (apt-get install nmap-common on Debian), or name a file of its form: --ports-file FILE",
  );
}

interface Wanted {
  readonly protocol: string;
  readonly count: number;
}

/** The ports that are open most often, in the order of nmap's file where they are equally so. */
function topOf(
  content: string,
  file: NamedPath,
  { count, protocol }: Wanted,
): Uint16Array {
  const services = content.split(/\r?\n/).flatMap((line) => {
    const [, , port, name, share] = SERVICE.exec(line) ?? [];
    return share === undefined || name!.toLowerCase() !== protocol ||
        Number(port) > 65_535
      ? []
      : [{ port: Number(port), share: Number(share) }];
  });
  services.sort((left, right) => right.share - left.share);
  const ports = [...new Set(services.map(({ port }) => port))];
  if (ports.length >= count) return Uint16Array.from(ports.slice(0, count));
  throw new ConfigError(
    "--top-ports",
    `${count} is more than the ${ports.length} ports of ${protocol} in ${
      inputName(file.path)
    } that have a frequency`,
    ports.length === 0
      ? `Give a file with lines as in nmap-services: http 80/${protocol} 0.484143`
      : `Give a number up to ${ports.length}`,
  );
}

/** All ports of a file: lists as --target-ports has them, or lines of nmap's file. */
function allPorts(
  content: string,
  file: NamedPath,
  protocol: string,
): Uint16Array {
  const ports = new Set<number>();
  for (const [index, line] of content.split(/\r\n|\r|\n/).entries()) {
    const text = line.replace(/[#;].*/, "").trim();
    if (text === "") continue;
    const [, , port, name] = SERVICE.exec(text) ?? [];
    if (name !== undefined) {
      if (name.toLowerCase() !== protocol) continue;
    }
    try {
      for (const one of parsePorts(port ?? text)) ports.add(one);
    } catch (cause) {
      throw new ConfigError(
        `${inputName(file.path)}:${index + 1}`,
        cause instanceof Error ? cause.message : String(cause),
        "Give ports, names of ports or ranges on each line; comments begin with #",
        cause,
      );
    }
  }
  if (ports.size > 0) return Uint16Array.from(ports);
  throw new ConfigError(
    inputName(file.path),
    `No port of ${protocol} in this --ports-file`,
    "Give a file with at least one",
  );
}
