import { PositionMarks } from "./_position_marks.ts";
import type { ResponseDelay } from "./response_delay.ts";
import type { Slice } from "./slice.ts";

/**
 * One of many slices of equal length, in seconds, that were sent behind each other; nothing has come of it unless it is
 * given.
 */
export function sliceOf(
  sliceS: number,
  given: Pick<Slice, "id" | "packets"> & Partial<Slice>,
): Slice {
  const startS = given.id * sliceS;
  return {
    startS,
    endS: startS + sliceS,
    ratePps: given.packets / sliceS,
    pass: 0,
    probeNumber: 0,
    ranges: [],
    localLosses: 0,
    answers: 0,
    heard: new PositionMarks([]),
    lateAnswers: 0,
    isDisturbed: false,
    followUpsSent: 0,
    followUpsAnswered: 0,
    followUpsSilent: 0,
    ...given,
  };
}

/** Learns that so many answers to a slice have come after 10 ms each. */
export function learnDelay(
  delay: ResponseDelay,
  { endS }: Pick<Slice, "endS">,
  answers: number,
): void {
  const counts = delay.newCounts();
  for (let i = 0; i < answers; i++) delay.add(counts, 0.01);
  delay.pass(counts, 1);
  delay.update(endS);
}
