import assert from "node:assert/strict";
import { ErrnoError } from "../../ffi/errno.ts";
import { SocketSender } from "../../ffi/packet_sender.ts";
import {
  dropPrivileges,
  effectiveUserId,
  hasNetRaw,
} from "../../ffi/privileges.ts";
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

/** What the kernel says of each thread; /proc belongs to an outer process namespace. */
const STATUS =
  "read -r _ _ _ parent _ </proc/self/stat; cat /proc/$parent/task/*/status";

namespaceTest(
  import.meta,
  "dropPrivileges() leaves no rights on any thread, but the open sockets",
  {
    setup: VETH_SETUP,
    async run(): Promise<void> {
      using sender = SocketSender.openLink({
        interfaceIndex: indexOf("up0"),
        capacity: 1,
        maxFrameBytes: 60,
        sendBufferBytes: 1 << 16,
      });
      try {
        dropPrivileges(NOBODY, NOBODY);
      } catch (error) {
        // In a user namespace of one user there is nobody to become, and nothing has changed.
        assert.ok(error instanceof ErrnoError);
        assert.match(error.code, /EPERM|EINVAL/);
        assert.equal(hasNetRaw(), true);
        return;
      }
      assert.equal(effectiveUserId(), NOBODY);
      assert.equal(hasNetRaw(), false);
      writeFrame(sender, 0, { number: 0, lengthBytes: 60 });
      assert.equal(sender.send(0, 1), 1);
      const status = await run("sh", "-c", STATUS);
      const users = status.match(/^Uid:.*$/gm) ?? [];
      assert.ok(users.length > 1, "Deno has several threads");
      for (const user of users) {
        assert.match(user, /65534\t65534\t65534\t65534/);
      }
      for (const caps of status.match(/^Cap(?:Eff|Prm):.*$/gm) ?? []) {
        assert.match(caps, /0000000000000000$/);
      }
      assert.match(status, /^NoNewPrivs:\t1$/m);
    },
  },
);
