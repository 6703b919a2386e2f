import type { Check } from "./check.ts";
import { clockCheck, type ClockFacts } from "./clock.ts";
import { processorCheck, type ProcessorFacts } from "./cpu.ts";
import { openFilesCheck, socketBufferCheck } from "./limits.ts";
import { memoryCheck } from "./memory.ts";
import { outputCheck, type OutputFacts } from "./output.ts";
import { smallestKnown } from "./rate.ts";
import type { Situation } from "./situation.ts";

/** What is known of the machine, whatever the network. */
export interface MachineFacts {
  readonly processors: ProcessorFacts;
  readonly clock: ClockFacts;
  /** Bytes; null when that is not known. */
  readonly availableMemory: number | null;
  /** Bytes of send buffer that a socket gets. */
  readonly sendBuffer: number;
  /** The most descriptors that may be open. */
  readonly openFiles: number;
  /** Each place that results go to. */
  readonly outputs: readonly OutputFacts[];
}

/** Processors, clock, memory, limits and the place for the results. */
export function machineChecks(
  families: readonly Situation[],
  facts: MachineFacts,
): Check[] {
  const targetCount = families.reduce(
    (count, situation) => count + situation.targetCount,
    0,
  );
  const isWide = families.some(({ scan }) => scan.isWide);
  const ratePps = smallestKnown(families.map(({ asked }) => asked.ratePps));
  return [
    socketBufferCheck(facts.sendBuffer),
    openFilesCheck(facts.openFiles),
    memoryCheck(facts.availableMemory, { targetCount, isWide }),
    processorCheck(facts.processors),
    clockCheck(facts.clock),
    ...facts.outputs.map((output, index) =>
      outputCheck(output, {
        rows: targetCount,
        rowBytes: Math.max(...families.map(({ rowBytes }) => rowBytes[index]!)),
        rowsPerSecond: ratePps,
      })
    ),
  ];
}
