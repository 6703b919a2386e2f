import { ErrnoError } from "../../ffi/errno.ts";
import { openSink, type SendBackend } from "../backend/mod.ts";
import { PreflightError } from "../base/mod.ts";
import type { IpAddress } from "../link/mod.ts";
import type { NetworkPlan } from "../preflight/mod.ts";
import { type Check, fail, pass } from "./check.ts";
import { makeProbe } from "./checked_scan.ts";
import type { FamilyTargets } from "./family_scan.ts";

/** The back end that senders will have on this interface, and what is to be said of it. */
export interface SendBackendCheck {
  readonly check: Check;
  /** Null when none can be opened. */
  readonly backend: SendBackend | null;
}

/** Opens what the last sender will open on the scan's own interface, and sends nothing through it. */
export function sendBackendCheck(
  scan: FamilyTargets,
  plan: NetworkPlan<IpAddress, unknown>,
): SendBackendCheck {
  const name = "send-backend";
  const { backend, batch, senders } = scan.settings.send;
  const { probe } = makeProbe(scan, plan.linkHeader);
  const needed = backend === "auto" ? "any that works" : backend;
  try {
    const opened = openSink({
      backend,
      layer: plan.layer,
      version: scan.version,
      interfaceName: plan.interfaceName,
      interfaceIndex: plan.interfaceIndex,
      deviceQueue: senders - 1,
      batch,
      maxFrameBytes: probe.maxFrameBytes,
    });
    using _sink = opened.sink;
    const found = `${opened.name}, ${opened.reason}`;
    return { check: pass(name, found, needed), backend: opened.backend };
  } catch (error) {
    const isKnown = error instanceof PreflightError ||
      error instanceof ErrnoError;
    if (!isKnown) throw error;
    const remedy = error instanceof PreflightError
      ? error.remedy
      : "Check the rights and the interface";
    const found = error.message;
    return { check: fail(name, { found, needed, remedy }), backend: null };
  }
}
