/** Servers that answer for all target addresses of a test network. */
import { type Host, kill } from "../../src/demo/mod.ts";

const READY_TRIES = 100;
const READY_PAUSE_MS = 50;

/** A running server. */
export interface Server extends AsyncDisposable {
  /** What it has printed, once it has ended. */
  readonly output: Promise<string>;
}

/** A running script of this directory. */
export interface Script extends Server {
  /** Its standard input. */
  readonly input: WritableStream<Uint8Array<ArrayBuffer>>;
  /** Closes its standard input, waits until it has ended, and returns what it printed. */
  stop(): Promise<string>;
}

/** The zone of the name server. */
const ZONE = `$ORIGIN example.com.
@ 300 SOA ns.example.com. admin.example.com. 1 3600 600 86400 300
@ 300 NS ns
@ 300 MX 10 mx
@ 300 TXT "hello world"
@ 300 A 192.0.2.80
@ 300 AAAA 2001:db8::80
ns 300 A 192.0.2.53
mx 300 A 192.0.2.25
www 300 CNAME @
`;

const NAME_SERVER_SETTINGS = `server:
  rundir: /run/server
  listen: [0.0.0.0@53, ::@53]
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
database:
  storage: /run/server
log:
  - target: stderr
    any: warning
zone:
  - domain: example.com
    file: /run/server/zone
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
    dnssec-signing: on
`;

const TIME_SERVER_SETTINGS = `local stratum 3
allow all
cmdport 0
pidfile /run/server/chronyd.pid
`;

/** Starts Knot DNS, which signs example.com; needs it installed. */
export async function startNameServer(host: Host): Promise<Server> {
  // Its answers come from addresses that the host has by a route alone: ip-sysctl.rst of the kernel.
  await host.run("tee", ["/proc/sys/net/ipv6/ip_nonlocal_bind"], "1\n");
  const files = { "knot.conf": NAME_SERVER_SETTINGS, zone: ZONE };
  return startServer(host, {
    files,
    command: "exec knotd -c knot.conf",
    ports: [53],
  });
}

/** Starts chrony as a time server that does not touch the clock; needs it installed. */
export function startTimeServer(host: Host): Promise<Server> {
  return startServer(host, {
    files: { "chrony.conf": TIME_SERVER_SETTINGS },
    command: "exec chronyd -x -d -u root -f /run/server/chrony.conf",
    ports: [123],
  });
}

/** Runs a Deno script of this directory in the host; it is ready when it prints a line. */
export async function startScript(
  host: Host,
  script: string,
  args: readonly string[],
): Promise<Script> {
  const flags = [
    "--quiet",
    "--no-prompt",
    "--cached-only",
    "--allow-ffi",
    "--allow-read",
    "--allow-net",
  ];
  const url = new URL(script, import.meta.url).href;
  const child = host.spawn(Deno.execPath(), ["run", ...flags, url, ...args], {
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
  const isReady = Promise.withResolvers<void>();
  const output = (async (): Promise<string> => {
    let text = "";
    for await (
      const part of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += part;
      if (text.includes("\n")) isReady.resolve();
    }
    isReady.reject(new Error(`${script} has ended: ${text}`));
    return text;
  })();
  await isReady.promise;
  isReady.promise.catch(() => {});
  const server = serverOf(child, output);
  return {
    ...server,
    input: child.stdin,
    async stop(): Promise<string> {
      await child.stdin.close();
      await child.status;
      return await output;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await server[Symbol.asyncDispose]();
      await child.stdin.abort().catch(() => {});
    },
  };
}

/** The number of an interface of a host. */
export async function interfaceIndex(
  host: Host,
  name: string,
): Promise<string> {
  const listing = await host.run("ip", ["-o", "link", "show", name]);
  return listing.split(":")[0]!;
}

/** Starts a server with files of its own in a private file system, and waits for its UDP ports. */
async function startServer(
  host: Host,
  { command, files, ports }: {
    readonly files: Readonly<Record<string, string>>;
    readonly command: string;
    readonly ports: readonly number[];
  },
): Promise<Server> {
  const writes = Object.entries(files).map(([name, text]) =>
    `cat >${name} <<'END'\n${text}END`
  );
  const script = [
    "set -e",
    "mount -t tmpfs tmpfs /run",
    "mkdir /run/server",
    "cd /run/server",
    ...writes,
    command,
  ].join("\n");
  const child = host.spawn("unshare", ["--mount", "sh", "-c", script], {
    stderr: "piped",
  });
  const output = new Response(child.stderr).text();
  for (let tries = 0; tries < READY_TRIES; tries++) {
    if (await isBound(host, ports)) return serverOf(child, output);
    await new Promise((resolve) => setTimeout(resolve, READY_PAUSE_MS));
  }
  kill(child, "SIGKILL");
  throw new Error(`"${command}" does not listen: ${await output}`);
}

function serverOf(child: Deno.ChildProcess, output: Promise<string>): Server {
  return {
    output,
    async [Symbol.asyncDispose](): Promise<void> {
      kill(child, "SIGKILL");
      await child.status;
      await output;
    },
  };
}

/** Looks for UDP sockets in the kernel's table, which does not disturb the server. */
async function isBound(host: Host, ports: readonly number[]): Promise<boolean> {
  const table = await host.run("cat", ["/proc/net/udp"]);
  return ports.every((port) => {
    const hex = port.toString(16).toUpperCase().padStart(4, "0");
    return new RegExp(`^ *\\d+: [0-9A-F]{8}:${hex} `, "m").test(table);
  });
}
