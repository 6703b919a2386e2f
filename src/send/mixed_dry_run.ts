import {
  describeFrame,
  type Probe,
  TARGET_ADDRESS,
  TARGET_PORT,
} from "../probe/mod.ts";
import { type FrameFormat, RECORD_BYTES6 } from "./dry_run_sink.ts";

/** ::ffff:0:0/96, RFC 4291 2.5.5.2. */
const MAPPED_WORD = 0xffff;

/** As `textFormat`, of frames of both families. */
export function mixedTextFormat(
  probes: { readonly ipv4: Probe; readonly ipv6: Probe },
  linkBytes: number,
): FrameFormat {
  const encoder = new TextEncoder();
  return (frames, first, count) => {
    let text = "";
    for (let slot = first; slot < first + count; slot++) {
      const frameAt = frames.frameAt(slot);
      const version = frames.view.getUint8(frameAt + linkBytes) >>> 4;
      text += describeFrame(version === 6 ? probes.ipv6 : probes.ipv4, {
        view: frames.view,
        frameAt,
        lengthBytes: frames.lengthOf(slot),
        linkBytes,
      });
    }
    return encoder.encode(text);
  };
}

/**
 * As `recordProbe`, of IPv4 among records of IPv6: as long as those, so that a reader can tell where each ends, with
 * the address in its IPv4-mapped form.
 */
export function mappedRecordProbe(probe: Probe): Probe {
  return {
    ...probe,
    maxFrameBytes: RECORD_BYTES6,
    prepare: () => {},
    patch(view: DataView, frameAt: number, target: Uint32Array): number {
      view.setUint32(frameAt, 0);
      view.setUint32(frameAt + 4, 0);
      view.setUint32(frameAt + 8, MAPPED_WORD);
      view.setUint32(frameAt + 12, target[TARGET_ADDRESS]!);
      view.setUint16(frameAt + 16, target[TARGET_PORT]!);
      return RECORD_BYTES6;
    },
  };
}
