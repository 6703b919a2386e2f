/** Scanners as whole programs, run on a test host. */
import { type Host, kill, selfCommand } from "../../src/demo/mod.ts";
import { packetsReceived, sleep } from "../_lab.ts";

/** How long a program may take to send its first packet. */
const START_MS = 20_000;
const POLL_MS = 20;

/** A command line. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
}

/** pacemap with these options and targets; its results go to standard output. */
export function pacemap(name: string, args: readonly string[]): Program {
  const { args: self, program } = selfCommand();
  const common = ["-q", "-b", "/dev/null"];
  return { name, command: [program, ...self, ...common, ...args] };
}

/** Starts a program, does something once its packets arrive, and kills it. */
export async function whileSending<T>(
  { command, name }: Program,
  hosts: { readonly from: Host; readonly to: Host; readonly at: string },
  action: (child: Deno.ChildProcess) => Promise<T>,
): Promise<T> {
  const before = await packetsReceived(hosts.to, hosts.at);
  const [program, ...args] = command;
  const child = hosts.from.spawn(program!, args, { stderr: "piped" });
  const stderr = new Response(child.stderr).text();
  try {
    const endMs = performance.now() + START_MS;
    // A few packets are neighbour discovery.
    while (await packetsReceived(hosts.to, hosts.at) < before + 20) {
      if (performance.now() > endMs) {
        kill(child, "SIGKILL");
        throw new Error(`${name} does not send: ${await stderr}`);
      }
      await sleep(POLL_MS);
    }
    return await action(child);
  } finally {
    kill(child, "SIGKILL");
    await child.status;
    await stderr;
  }
}

/** Packets per second that arrive at an interface. */
export async function arrivalRate(
  host: Host,
  interfaceName: string,
  milliseconds: number,
): Promise<number> {
  const startMs = performance.now();
  const before = await packetsReceived(host, interfaceName);
  await sleep(milliseconds);
  const count = await packetsReceived(host, interfaceName) - before;
  return count / (performance.now() - startMs) * 1000;
}
