import assert from "node:assert/strict";
import { ErrnoError } from "../../ffi/errno.ts";
import { SocketSender } from "../../ffi/packet_sender.ts";
import {
  becomeUser,
  dropRightsEverywhere,
  effectiveUserId,
  hasNetRaw,
  hideMemory,
} from "../../ffi/privileges.ts";
import { systemCall } from "../../ffi/system_call.ts";
import { namespaceTest, run } from "../e2e/namespace.ts";
import { indexOf, VETH_SETUP, writeFrame } from "./frames.ts";

const NOBODY = 65534;

namespaceTest(
  import.meta,
  "hasNetRaw() is true for the owner of the network namespace",
  {
    run(): void {
      assert.equal(effectiveUserId(), 0);
      assert.equal(hasNetRaw(), true);
    },
  },
);

namespaceTest(
  import.meta,
  "hasNetRaw() is false for the root of a user namespace that owns no network",
  {
    setup: 'set -- unshare --user --map-root-user "$@"',
    run(): void {
      assert.equal(effectiveUserId(), 0);
      assert.equal(hasNetRaw(), false);
    },
  },
);

/** <linux/prctl.h> */
const PR_GET_DUMPABLE = 3;
/** What the kernel says of each thread of the process that asks. */
const STATUS =
  "read -r _ _ _ parent _ </proc/self/stat; cat /proc/$parent/task/*/status";

namespaceTest(
  import.meta,
  "becomeUser(), dropRightsEverywhere() and hideMemory() leave no rights on any thread, but the open sockets",
  {
    setup: `${VETH_SETUP}\nmount -t proc none /proc`,
    async run(): Promise<void> {
      using sender = SocketSender.openLink({
        interfaceIndex: indexOf("up0"),
        capacity: 1,
        maxFrameBytes: 60,
        sendBufferBytes: 1 << 16,
      });
      const hasOther = becomeNobody();
      assert.equal(effectiveUserId(), hasOther ? NOBODY : 0);
      assert.equal(dropRightsEverywhere(), 0, "threads that keep rights");
      assert.equal(hasNetRaw(), false);
      writeFrame(sender, 0, { number: 0, lengthBytes: 60 });
      assert.equal(sender.send(0, 1), 1);
      const status = await run("sh", "-c", STATUS);
      const users = status.match(/^Uid:.*$/gm) ?? [];
      assert.ok(users.length > 1, "Deno has several threads");
      if (hasOther) {
        for (const user of users) {
          assert.match(user, /65534\t65534\t65534\t65534/);
        }
      }
      for (const caps of status.match(/^Cap(?:Eff|Prm|Inh|Amb):.*$/gm) ?? []) {
        assert.match(caps, /0000000000000000$/);
      }
      assert.doesNotMatch(status, /^NoNewPrivs:\t0$/m);
      hideMemory();
      const args = [BigInt(PR_GET_DUMPABLE)];
      assert.equal(systemCall({ act: "ask", name: "prctl", args }), 0);
    },
  },
);

namespaceTest(
  import.meta,
  "dropRightsEverywhere() does not take another process namespace's /proc for its own",
  {
    run(): void {
      assert.throws(() => dropRightsEverywhere(), { code: "ESRCH" });
    },
  },
);

/** Whether there was somebody to become: in a user namespace of one user nobody is, and nothing has changed. */
function becomeNobody(): boolean {
  try {
    becomeUser(NOBODY, NOBODY);
    return true;
  } catch (error) {
    assert.ok(error instanceof ErrnoError);
    assert.match(error.code, /EPERM|EINVAL/);
    assert.equal(hasNetRaw(), true);
    return false;
  }
}
