import { PositionMarks, type ResponseDelay, type Slice } from "../loss/mod.ts";

/** Time that each slice takes, in seconds. */
export const SLICE_S = 0.1;

/** One of many slices of equal length that were sent behind each other; nothing has come of it unless it is given. */
export function sliceOf(
  given: Pick<Slice, "id" | "packets" | "ratePps"> & Partial<Slice>,
): Slice {
  const startS = given.id * SLICE_S;
  return {
    startS,
    endS: startS + SLICE_S,
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
