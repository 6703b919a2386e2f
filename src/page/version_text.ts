import type { ScanView } from "./view.ts";
import { type Markup, markup } from "./markup.ts";

/** The last line of a page: which program, which scan, and when. */
export function versionText({ scan, updated_at }: ScanView): Markup {
  const shard = scan.shards > 1
    ? `; shard ${scan.shard} of ${scan.shards}, from 0`
    : "";
  return markup`<p>pacemap ${scan.version}; ${scan.probe_module}${
    scan.interface !== "" && ` over ${scan.interface}`
  }${shard}; seed ${scan.seed_digest}; begun <time datetime="${scan.started_at}">${scan.started_at}</time>; as of <time data-second datetime="${updated_at}">${updated_at}</time></p>`;
}
