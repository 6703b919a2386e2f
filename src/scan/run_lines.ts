import { type CheckpointLife, endOf } from "../checkpoint/mod.ts";
import { formatCount } from "../monitor/mod.ts";

/** The runs of a scan for people; none where there is one. */
export function runLines(runs: readonly CheckpointLife[]): readonly string[] {
  if (runs.length < 2) return [];
  return ["Runs", ...runs.map((run, index) => `  ${runText(run, index)}`)];
}

/** One run of a scan for people: when it ran, what it did, how it ended. */
export function runText(run: CheckpointLife, index: number): string {
  const { args, endedAt, mostUnrecorded, packets, rows, startedAt } = run;
  const options = args.length === 0 ? "" : ` with ${args.join(" ")}`;
  const unrecorded = mostUnrecorded === 0
    ? ""
    : `; what it sent after its last checkpoint is counted nowhere, at most ${
      formatCount(mostUnrecorded)
    } packets`;
  return `${index + 1}: ${startedAt} to ${endedAt}${options}: ${
    formatCount(packets)
  } packets in ${run.sendSeconds.toFixed(1)} s, ${formatCount(rows)} rows; ${
    endOf(run)
  }${unrecorded}`;
}
