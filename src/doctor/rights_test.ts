import assert from "node:assert/strict";
import { describeRights, userNamespacesCheck } from "./rights.ts";

function files(texts: Record<string, string>): (path: string) => string | null {
  return (path) => texts[path] ?? null;
}

Deno.test("describeRights() names user, namespace and capabilities", () => {
  const root = files({
    "/proc/self/status":
      "Name:\tdeno\nUid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n",
    "/proc/self/uid_map": "         0          0 4294967295\n",
  });
  assert.equal(
    describeRights(root),
    "raw sockets open; root with CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN",
  );
  const granted = files({
    "/proc/self/status":
      "Uid:\t1000\t1000\t1000\t1000\nCapEff:\t0000000000002000\n",
    "/proc/self/uid_map": "         0          0 4294967295\n",
  });
  assert.match(describeRights(granted), /user 1000 with CAP_NET_RAW$/);
  const inside = files({
    "/proc/self/status": "Uid:\t0\t0\t0\t0\nCapEff:\t0000000000002000\n",
    "/proc/self/uid_map": "         0       1000          1\n",
  });
  assert.match(describeRights(inside), /root of a user namespace with/);
  assert.match(describeRights(files({})), /user unknown with no capabilities/);
});

Deno.test("userNamespacesCheck() is information, whatever it finds", () => {
  const open = { "/proc/sys/user/max_user_namespaces": "96365\n" };
  assert.match(userNamespacesCheck(files(open)).found, /^allowed/);
  const switches = {
    "/proc/sys/user/max_user_namespaces": "0\n",
    "/proc/sys/kernel/unprivileged_userns_clone": "0\n",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n",
  };
  for (const [path, text] of Object.entries(switches)) {
    const check = userNamespacesCheck(files({ ...open, [path]: text }));
    assert.match(check.found, new RegExp(`^not allowed.*${path}`));
    assert.equal(check.status, "ok");
  }
});
