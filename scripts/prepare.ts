// deno-lint-ignore-file no-console
/**
 * Puts the source together into few files, so that it starts faster, unless that is done already. `main.ts` uses them
 * as long as no file of the source changes. Running programs keep the files that they have begun with: the bundle
 * before this one stays, too.
 */
import { encodeHex } from "../src/base/hex.ts";
import {
  PREPARED_DIRECTORY,
  PREPARED_RECORD,
  preparedProgram,
  type PreparedRecord,
  stampsOf,
} from "../src/program/prepared.ts";
import { makeBundle, THREAD_SOURCES } from "./_bundle.ts";

const ROOT = new URL("..", import.meta.url);
const DIRECTORY = new URL(PREPARED_DIRECTORY, ROOT);
const ENTRY = "src/program/run_commands.ts";
/** What decides what the source means, besides the source. */
const SETTINGS = ["deno.json", "deno.lock"];
/** From the bundle to the root of the checkout. */
const UP = "../../..";

/** Whether anything changed while the bundle was made. */
class ChangedError extends Error {
  override readonly name = "ChangedError";
}

/** All files that the program is made from, below the root. */
async function sources(): Promise<string[]> {
  const found = new Set<string>(SETTINGS);
  for (const entry of [ENTRY, ...THREAD_SOURCES]) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", entry],
      cwd: ROOT,
    }).output();
    const { modules } = JSON.parse(new TextDecoder().decode(stdout));
    for (const { specifier } of modules) {
      if (!specifier.startsWith(ROOT.href)) continue;
      found.add(decodeURIComponent(specifier.slice(ROOT.href.length)));
    }
  }
  return [...found];
}

/** Makes the bundle, under a name that belongs to its content. Returns its files, below the root. */
async function makeNamed(): Promise<string[]> {
  const directory = new URL(`making-${Deno.pid}/`, DIRECTORY);
  await using _ = {
    [Symbol.asyncDispose]: () =>
      Deno.remove(directory, { recursive: true }).catch(() => {}),
  };
  const files = await makeBundle({
    entry: ENTRY,
    directory,
    references: {
      '"../../main.ts"': `"${UP}/main.ts"`,
      '"../..",import.meta.url': `"${UP}",import.meta.url`,
    },
  });
  const parts = files.map((path) =>
    Deno.readFileSync(new URL(path, directory))
  );
  const content = await new Blob(parts).arrayBuffer();
  const digest = await crypto.subtle.digest("SHA-256", content);
  const name = encodeHex(new Uint8Array(digest)).slice(0, 16);
  const named = new URL(`${name}/`, DIRECTORY);
  await Deno.remove(named, { recursive: true }).catch(() => {});
  await Deno.rename(directory, named);
  return files.map((path) => `${PREPARED_DIRECTORY}${name}/${path}`);
}

async function prepare(): Promise<void> {
  const made = await sources();
  const before = stampsOf(ROOT, made);
  const bundle = await makeNamed();
  const files = [...made, ...bundle];
  const stamps = stampsOf(ROOT, files);
  if (!before?.every((stamp, index) => stamp === stamps?.[index])) {
    throw new ChangedError("The source was changed meanwhile");
  }
  const record: PreparedRecord = {
    program: bundle[0]!,
    files,
    stamps: [...stamps!],
  };
  const last = lastName();
  const path = new URL(PREPARED_RECORD, DIRECTORY);
  const fresh = new URL(`${PREPARED_RECORD}.${Deno.pid}`, DIRECTORY);
  await Deno.writeTextFile(fresh, JSON.stringify(record));
  await Deno.rename(fresh, path);
  for (const { isDirectory, name } of Deno.readDirSync(DIRECTORY)) {
    if (!isDirectory || name === last || record.program.includes(name)) {
      continue;
    }
    await Deno.remove(new URL(name, DIRECTORY), { recursive: true });
  }
}

/** The directory that is in use; empty where there is none. */
function lastName(): string {
  try {
    const record: PreparedRecord = JSON.parse(
      Deno.readTextFileSync(new URL(PREPARED_RECORD, DIRECTORY)),
    );
    return record.program.slice(PREPARED_DIRECTORY.length).split("/")[0]!;
  } catch {
    return "";
  }
}

if (preparedProgram(ROOT) === null) {
  try {
    await Deno.mkdir(DIRECTORY, { recursive: true });
    await prepare();
  } catch (error) {
    // The source itself works as well, only slower.
    const reason = error instanceof Error ? error.message : String(error);
    const [first = ""] = reason.split("\n");
    console.error(`The program starts from its source: ${first}`);
  }
}
