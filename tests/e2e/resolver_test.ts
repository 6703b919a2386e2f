import assert from "node:assert/strict";
import { DEMO_REQUIREMENTS, selfCommand } from "../../src/demo/mod.ts";
import { inNamespaces } from "./namespace.ts";
import { findSkipReason, testUnless } from "./skip.ts";

const EXECUTABLE_VARIABLE = "PACEMAP";
const SKIP_REASON = await findSkipReason(DEMO_REQUIREMENTS);

/** A name server whose packets vanish, in a network that ends at the other end of a veth pair. */
const SILENT_RESOLVER = `
ip link add near type veth peer name far
ip link set near address 02:00:00:00:00:01
ip address add 192.0.2.1/24 dev near
ip link set near up
ip link set far up
ip neighbour replace 192.0.2.53 lladdr 02:00:00:00:00:53 dev near
echo nameserver 192.0.2.53 > /run/resolv.conf
file=$(readlink -f /etc/resolv.conf)
mkdir -p "$(dirname "$file")"
test -e "$file" || : > "$file"
mount --bind /run/resolv.conf "$file"
`;

/** Sends the signal `$1` once the program, whose command follows, says that it waits. */
const INTERRUPT = `${SILENT_RESOLVER}
signal=$1
shift
"$@" > /run/stdout 2> /run/stderr < /dev/null &
while ! grep -q "Waiting for the resolver" /run/stderr && kill -0 $!; do
  sleep 0.1
done
kill "-$signal" $! || true
code=0
wait $! || code=$?
cat /run/stderr /run/stdout
exit $code
`;

function self(): string[] {
  const executable = Deno.env.get(EXECUTABLE_VARIABLE);
  if (executable !== undefined) return [executable];
  const { args, program } = selfCommand();
  return [program, ...args];
}

for (const signal of ["INT", "TERM"]) {
  testUnless(
    SKIP_REASON,
    `a silent resolver is named, and SIG${signal} ends the waiting`,
    async () => {
      const args = ["-d", "-p", "80", "one.example", "two.example"];
      const command = [signal, ...self(), ...args];
      const { code, stderr, stdout } = await inNamespaces(INTERRUPT, command);
      assert.equal(code, 1, stdout + stderr);
      assert.match(
        stdout,
        /\[WARN\] cli: Waiting for the resolver for one\.example and 1 other name\n/,
      );
      assert.match(
        stdout,
        new RegExp(`No packet sent: stopped by SIG${signal}\n$`),
      );
    },
  );
}
