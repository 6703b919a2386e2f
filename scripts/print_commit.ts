// deno-lint-ignore-file no-console
/** Prints the word that tells an executable the commit that it is built from; nothing where that is not known. */
import { buildWord, checkedOutCommit } from "../src/cli/build_facts.ts";

const commit = checkedOutCommit(new URL("..", import.meta.url));
if (commit !== null) console.log(buildWord(commit));
