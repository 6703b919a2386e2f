// deno-lint-ignore-file no-console
/** Fails when an import does not point down the ranks of the rooms, or a room does what only another may. */
const RANKS = [
  "ffi src/base src/simd",
  "src/wire src/targets src/pace src/loss src/validation src/shm src/filter",
  "src/probe src/link src/capacity src/signals",
  "src/backend",
  "src/sandbox",
  "src/preflight src/send src/receive src/monitor src/output",
  "src/doctor src/checkpoint",
  "src/page",
  "src/report",
  "src/watch",
  "src/scan",
  "src/cli src/demo",
  "src/companions src/merge",
  "src/program",
  "main.ts",
].map((rooms) => rooms.split(" "));
const FFI_USERS =
  "src/preflight, src/send, src/receive, src/doctor, src/backend, src/sandbox, src/link, src/signals";
/** Loaded by URL, so no import leads to them. */
const WORKERS = [
  "src/send/worker.ts",
  "src/receive/worker.ts",
  "src/output/modules/_parquet_worker.ts",
  "src/output/modules/_sqlite_worker.ts",
  "src/watch/watch_worker.ts",
];
const ONLY_IN = [
  { what: /Deno\.dlopen|Deno\.UnsafePointer/, room: "ffi" },
  { what: /Deno\.exit\(/, room: "main.ts" },
];

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Partial<
    Record<"code" | "type", { readonly specifier?: string }>
  >[];
}

const root = new URL("..", import.meta.url).href;
const problems: string[] = [];
const seen = new Set<string>();

function roomOf(path: string): string {
  return /^src\/[^/]+|^ffi|^main\.ts$/.exec(path)?.[0] ?? path;
}

function rankOf(room: string): number {
  return RANKS.findIndex((rooms) => rooms.includes(room));
}

function checkImport(path: string, other: string): void {
  const [user, used] = [roomOf(path), roomOf(other)];
  if (user === used) return;
  if (rankOf(used) >= rankOf(user)) {
    problems.push(`${path} imports ${other}, which is not below it`);
  } else if (used === "ffi" && !FFI_USERS.includes(user)) {
    problems.push(`${path} imports ${other}: only ${FFI_USERS} may`);
  }
}

function checkModule({ specifier, dependencies }: Module): void {
  const path = specifier.slice(root.length);
  if (!specifier.startsWith(root) || seen.has(path)) return;
  seen.add(path);
  const room = roomOf(path);
  if (rankOf(room) < 0) problems.push(`${path} belongs to no room`);
  const source = Deno.readTextFileSync(new URL(specifier));
  for (const { what, room: owner } of ONLY_IN) {
    if (what.test(source) && room !== owner) {
      problems.push(`${path} uses ${what.source}: only ${owner} may`);
    }
  }
  for (const { code, type } of dependencies ?? []) {
    const other = code?.specifier ?? type?.specifier ?? "";
    if (other.startsWith(root)) checkImport(path, other.slice(root.length));
  }
}

const rooms = RANKS.flat().filter((room) => room.startsWith("src/"));
const entries = rooms.map((room) => `${room}/mod.ts`);
for (const entry of ["main.ts", ...WORKERS, ...entries]) {
  const args = ["info", "--json", entry];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout));
  for (const module of modules) if (!module.error) checkModule(module);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) throw new Error("Imports do not follow the layers");
