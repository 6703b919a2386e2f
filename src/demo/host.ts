import { PreflightError } from "../base/mod.ts";
import { namespaceError, type Refusal } from "./refusal.ts";

/** How a command inside a host is started; all streams default to "null". */
export interface HostCommandOptions {
  readonly stdin?: "piped" | "null";
  readonly stdout?: "piped" | "inherit" | "null";
  readonly stderr?: "piped" | "inherit" | "null";
  /** Added to the environment of the command. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Debian keeps `ip`, `nft` and `nginx` in directories that other users do not search. */
export const SEARCH_PATH =
  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Makes namespaces, `unshare(1)`. A full path, as it stands in the list of what the program may run. */
export const UNSHARE = "/usr/bin/unshare";
/** Enters namespaces, `nsenter(1)`; without flags it just runs a program, also where no namespace is permitted. */
export const NSENTER = "/usr/bin/nsenter";

/** Of what runs in a host; Deno would send name queries into the network to look for a newer Deno. */
const ENVIRONMENT = { PATH: SEARCH_PATH, DENO_NO_UPDATE_CHECK: "1" };

/**
 * A network namespace of its own, alive as long as a process that holds it. That process reads a pipe from
 * this one, so the namespace goes when this process does, even by SIGKILL; it has no name and leaves no file.
 * Signals of the terminal reach neither it nor the commands run inside: who runs them passes signals on.
 */
export class Host {
  readonly #holder: Deno.ChildProcess;
  readonly #isInUserNamespace: boolean;

  private constructor(holder: Deno.ChildProcess, isInUserNamespace: boolean) {
    this.#holder = holder;
    this.#isInUserNamespace = isInUserNamespace;
  }

  /**
   * Makes the first host: with the rights of this process if they suffice, otherwise inside a new user
   * namespace, where everybody is root.
   *
   * @throws {PreflightError} when neither is permitted or `unshare` is missing
   */
  static async create(): Promise<Host> {
    const refusals: Refusal[] = [];
    for (const userFlags of [[], ["--user", "--map-root-user"]]) {
      const args = [...userFlags, "--net", "setsid", "cat"];
      const holder = spawnHolder(UNSHARE, args);
      const refusal = await waitForHolder(holder);
      if (refusal === null) return new Host(holder, userFlags.length > 0);
      const user = userFlags.length > 0 ? "CLONE_NEWUSER | " : "";
      refusals.push({ flags: `${user}CLONE_NEWNET`, said: refusal });
    }
    throw namespaceError(refusals);
  }

  /** Makes a host beside this one: a further network namespace of the same owner. */
  async createSibling(): Promise<Host> {
    const holder = spawnHolder(NSENTER, [
      ...this.#enterFlags(),
      "unshare",
      "--net",
      "setsid",
      "cat",
    ]);
    const refusal = await waitForHolder(holder);
    if (refusal === null) return new Host(holder, this.#isInUserNamespace);
    throw namespaceError([{ flags: "CLONE_NEWNET", said: refusal }]);
  }

  /** Process id of the holder, which names the namespace to `ip link … netns`. */
  get processId(): number {
    return this.#holder.pid;
  }

  /**
   * Starts a program inside this host. Its process id is the program's own, it is killed when the starting
   * thread ends, and it keeps the working directory and the files of this process.
   */
  spawn(
    program: string,
    args: readonly string[],
    options: HostCommandOptions = {},
  ): Deno.ChildProcess {
    return new Deno.Command(NSENTER, {
      args: [
        ...this.#enterFlags(),
        "setsid",
        "setpriv",
        "--pdeathsig",
        "KILL",
        program,
        ...args,
      ],
      env: { ...ENVIRONMENT, ...options.env },
      stdin: options.stdin ?? "null",
      stdout: options.stdout ?? "null",
      stderr: options.stderr ?? "null",
    }).spawn();
  }

  /**
   * Runs a program to its end with `input` as its standard input and returns what it printed.
   *
   * @throws {Error} when it ends with another code than 0; the message holds what it said
   */
  async run(
    program: string,
    args: readonly string[],
    input = "",
  ): Promise<string> {
    const child = this.spawn(program, args, {
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    const [output] = await Promise.all([
      child.output(),
      writeAll(child.stdin, input),
    ]);
    const decoder = new TextDecoder();
    if (output.success) return decoder.decode(output.stdout);
    const said = decoder.decode(output.stderr).trim();
    throw new Error(
      `Cannot run "${program} ${args.join(" ")}": ${
        said || `it ended with code ${output.code}`
      }`,
    );
  }

  /** Lets the namespace go. What still runs inside keeps it alive until it ends. */
  async close(): Promise<void> {
    kill(this.#holder, "SIGKILL");
    await this.#holder.stdin.abort().catch(() => {});
    await this.#holder.stdout.cancel();
    await this.#holder.stderr.cancel();
    await this.#holder.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #enterFlags(): string[] {
    const user = this.#isInUserNamespace
      ? ["--user", "--preserve-credentials"]
      : [];
    return ["--target", String(this.#holder.pid), ...user, "--net"];
  }
}

/** Sends a signal to a child that may have ended already; returns whether it was still there. */
export function kill(child: Deno.ChildProcess, signal: Deno.Signal): boolean {
  try {
    child.kill(signal);
    return true;
  } catch (error) {
    if (error instanceof TypeError || error instanceof Deno.errors.NotFound) {
      return false;
    }
    throw error;
  }
}

function spawnHolder(
  program: string,
  args: readonly string[],
): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args: [...args],
      // What it says is read by a program.
      env: { PATH: SEARCH_PATH, LC_ALL: "C" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const remedy = "Install util-linux, which has unshare and nsenter";
    throw new PreflightError(
      "namespaces",
      `Cannot run ${program}: not found`,
      remedy,
      error,
    );
  }
}

/** Waits until the holder echoes a byte, which it can only do from inside; otherwise returns its complaint. */
async function waitForHolder(
  holder: Deno.ChildProcess,
): Promise<string | null> {
  const writer = holder.stdin.getWriter();
  // A holder that ends at once closes the pipe: what it says on standard error is the better message.
  await writer.write(new Uint8Array(1)).catch(() => {});
  writer.releaseLock();
  const reader = holder.stdout.getReader();
  const { done } = await reader.read();
  reader.releaseLock();
  if (!done) return null;
  await holder.stdin.abort().catch(() => {});
  const said = await new Response(holder.stderr).text();
  await holder.status;
  return said.trim() || "unshare ended without a word";
}

async function writeAll(
  stream: WritableStream<Uint8Array>,
  text: string,
): Promise<void> {
  const writer = stream.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    // A program that fails before it has read its input says more on standard error.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
