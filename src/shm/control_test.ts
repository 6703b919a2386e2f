import assert from "node:assert/strict";
import {
  awaitStart,
  Command,
  giveCommand,
  makeControl,
  tellToConfine,
} from "./control.ts";

Deno.test("awaitStart() returns at the first command, and whether the worker is to confine itself", () => {
  for (const command of [Command.run, Command.cooldown, Command.stop]) {
    const control = makeControl();
    giveCommand(control, command);
    assert.equal(awaitStart(control), false);
    tellToConfine(control);
    assert.equal(awaitStart(control), true);
  }
});
