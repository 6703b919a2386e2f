import { attempt, type RunResult } from "./process.ts";

/** Beginnings of words, and what completion has to make of them. */
const CASES = [
  { words: "pacemap --target-p", rest: "orts" },
  { words: "pacemap bl", rest: "ocklist" },
  { words: "pacemap -M tcp_syns", rest: "can" },
  { words: "pacemap doctor --validate-so", rest: "urce-port" },
];

/** Asks bash for the completion of the last word. */
const BASH = `
source "$1"; shift
while (($#)); do
  read -ra COMP_WORDS <<<"$1"; COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _pacemap
  [[ " \${COMPREPLY[*]} " == *" \${COMP_WORDS[COMP_CWORD]}$2 "* ]] || { echo "$1: \${COMPREPLY[*]}"; exit 1; }
  shift 2
done`;

/** Types into a zsh that has loaded the script as users do, and waits for what it adds to the line. */
const ZSH = `
zmodload zsh/zpty
directory=$1; shift
for words wanted; do
  zpty inner zsh -f -i
  zpty -w inner "PS1= RPS1=; fpath=($directory \\$fpath); autoload -Uz compinit; compinit -u -D; bindkey '^I' complete-word; print REA''DY"
  zpty -r inner line '*READY*'
  zpty -w -n inner "$words"$'\\t'
  zpty -r inner line "*$wanted*" || exit 1
  zpty -d inner
done`;

const FISH = `
source $argv[1]; set -e argv[1]
while set -q argv[1]
  set last (string split -- ' ' $argv[1])[-1]
  complete -C $argv[1] | string match -qr -- "^$last$argv[2]\\b"; or begin; echo $argv[1]; exit 1; end
  set -e argv[1..2]
end`;

/** Has a shell complete words with the script at `path`; fails where it does not add what it should. */
export async function completeIn(
  shell: string,
  path: string,
): Promise<RunResult> {
  const cases = CASES.flatMap(({ rest, words }) => [words, rest]);
  const limit = ["timeout", "60"];
  switch (shell) {
    case "bash":
      return await attempt([
        ...[...limit, "bash", "-c", BASH, "bash", path, ...cases],
      ]);
    case "zsh": {
      const directory = path.slice(0, path.lastIndexOf("/"));
      return await attempt([
        ...[...limit, "zsh", "-f", "-c", ZSH, "zsh", directory, ...cases],
      ]);
    }
    default:
      return await attempt([
        ...[...limit, "fish", "--no-config", "-c", FISH, path, ...cases],
      ]);
  }
}
