import assert from "node:assert/strict";
import { DEMO_REQUIREMENTS } from "../../src/demo/mod.ts";
import { inNamespaces } from "./namespace.ts";
import { pacemapCommand } from "./network_fixture.ts";
import { findSkipReason, testUnless } from "./skip.ts";

const SKIP_REASON = await findSkipReason(DEMO_REQUIREMENTS);

/**
 * What another user has put where all may write: a link to a file of root, a link to nothing, a second name of that file,
 * a file and a pipe. Prints "no other user" where nobody can be one.
 */
const PLANTED = `
cd /run
mkdir open; chmod 1777 open
echo precious >victim
ln -s /run/victim open/link
ln -s /run/later open/dangling
ln victim open/name
echo theirs >open/file
mkfifo open/pipe
chown -h 1234 open/link open/dangling open/file open/pipe 2>/dev/null || { echo no other user; exit; }
`;
/** Says how each run of the program ends, and what has become of the files. */
const RUN = `
for name in link dangling name file pipe; do
  for option in --output-file --metadata-file --log-file --status-updates-file --checkpoint; do
    timeout 60 "$@" $option open/$name 198.18.0.0/30 </dev/null >/dev/null 2>said || code=$?
    echo "$name $option \${code:-0} $(head -n 1 said)"
    code=
    # One option is enough for the others: all are checked alike.
    [ $name = link ] || break
  done
done
echo "victim: $(cat victim) later: $(ls later 2>/dev/null) file: $(cat open/file)"
`;

testUnless(
  SKIP_REASON,
  "outputs do not go where another user has put something into a directory that all may write to",
  async () => {
    const script = `${PLANTED}${RUN}`;
    const { code, stderr, stdout } = await inNamespaces(
      script,
      pacemapCommand(["-b", "/dev/null", "-p", "80"]),
    );
    assert.equal(code, 0, stderr);
    if (stdout === "no other user\n") return;
    const lines = stdout.trim().split("\n");
    assert.equal(lines.length, 5 + 4 + 1, stdout);
    const end = "victim: precious later:  file: theirs";
    assert.equal(lines.pop(), end);
    for (const line of lines) {
      const [, option, exitCode] = line.split(" ");
      assert.equal(exitCode, "2", line);
      assert.match(line, new RegExp(`pacemap: ${option}: Cannot write "open/`));
      assert.match(line, /in a directory that everybody may write to/);
    }
  },
);

/** Configuration files that only some may write, and the codes of runs with each. */
const CONFIGS = `
cd /run
printf 'dryrun\\nquiet\\n' >own
for name in all group; do cp own $name; done
chmod 666 all; chmod 664 group
echo "include /run/all" >outer
mkdir loose; chmod 777 loose; cp own loose/
cp own other; chown 1234 other 2>/dev/null || rm other
for name in own all group outer loose/own other; do
  [ -e $name ] || continue
  code=0
  "$@" -b /dev/null -p 80 -C $name 198.18.0.0/30 >/dev/null 2>said </dev/null || code=$?
  echo "$name $code $(head -n 1 said)"
done
code=0
"$@" resume all >/dev/null 2>said </dev/null || code=$?
echo "resume $code $(head -n 1 said)"
`;

testUnless(
  SKIP_REASON,
  "a configuration file or checkpoint that others may write is refused when root runs the program",
  async () => {
    const { code, stderr, stdout } = await inNamespaces(
      CONFIGS,
      pacemapCommand([]),
    );
    assert.equal(code, 0, stderr);
    const lines = stdout.trim().split("\n");
    const reasons: Readonly<Record<string, RegExp>> = {
      all: /written by everybody$/,
      group: /written by its group$/,
      outer: /outer:1: .*"\/run\/all" as root: .* everybody$/,
      "loose/own": /written by everybody, who may write to its directory$/,
      other: /written by user 1234, who owns it$/,
      resume: /Will not use checkpoint ".*all" as root: .* everybody$/,
    };
    for (const line of lines) {
      const [name = "", exitCode] = line.split(" ");
      const reason = reasons[name];
      assert.equal(exitCode, reason === undefined ? "0" : "2", line);
      if (reason !== undefined) assert.match(line, reason);
    }
    assert.ok(lines.length >= 6, stdout);
  },
);
