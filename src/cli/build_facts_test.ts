import assert from "node:assert/strict";
import { TestDirectory } from "./_test_directory.ts";
import {
  buildWord,
  checkedOutCommit,
  splitBuildWords,
  versionText,
} from "./build_facts.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const OTHER = "f".repeat(40);

Deno.test("splitBuildWords() takes the commit of an executable, and nothing of a user's", () => {
  const words = ["-p", "80"];
  assert.deepEqual(splitBuildWords([buildWord(COMMIT), ...words], true), {
    commit: COMMIT,
    words,
  });
  assert.deepEqual(splitBuildWords(words, true), { commit: null, words });
  const asked = [buildWord(COMMIT), ...words];
  assert.deepEqual(splitBuildWords(asked, false), {
    commit: null,
    words: asked,
  });
  assert.equal(splitBuildWords([buildWord("x; rm")], true).commit, null);
});

Deno.test("checkedOutCommit() reads branches, packed ones, single commits and linked trees", () => {
  using directory = new TestDirectory();
  const root = new URL(`file://${directory.path}/`);
  const write = (path: string, text: string): void => {
    const name = `${directory.path}/${path}`;
    Deno.mkdirSync(name.slice(0, name.lastIndexOf("/")), { recursive: true });
    directory.write(path, `${text}\n`);
  };
  assert.equal(checkedOutCommit(root), null);
  write(".git/HEAD", COMMIT);
  assert.equal(checkedOutCommit(root), COMMIT);
  write(".git/HEAD", "ref: refs/heads/main");
  assert.equal(checkedOutCommit(root), null);
  write(".git/packed-refs", `# pack-refs\n${OTHER} refs/heads/main`);
  assert.equal(checkedOutCommit(root), OTHER);
  write(".git/refs/heads/main", COMMIT);
  assert.equal(checkedOutCommit(root), COMMIT);
  write(".git/worktrees/tree/HEAD", "ref: refs/heads/side");
  write(".git/worktrees/tree/commondir", "../..");
  write(".git/refs/heads/side", OTHER);
  write("tree/.git", `gitdir: ${directory.path}/.git/worktrees/tree`);
  assert.equal(checkedOutCommit(new URL("tree/", root)), OTHER);
  write(".git/HEAD", "of another layout");
  assert.equal(checkedOutCommit(root), null);
});

Deno.test("versionText() begins with name and version", () => {
  const facts = {
    version: "1.2.3",
    commit: COMMIT,
    deno: "2.9.6",
    target: "x86_64-unknown-linux-gnu",
    is_executable: true,
  };
  assert.equal(
    versionText(facts),
    "pacemap 1.2.3 (commit 0123456789ab, Deno 2.9.6)",
  );
  assert.equal(
    versionText({ ...facts, commit: null }),
    "pacemap 1.2.3 (Deno 2.9.6)",
  );
});
