import type { ScanParts } from "./scan_parts.ts";

/** Factor of the rate for each SIGUSR1; its inverse for each SIGUSR2. */
const RATE_STEP = 1.05;

/** Changes the rate by what SIGUSR1 and SIGUSR2 have asked for since the last call. */
export function followRateSignals(
  { controller, hooks, logger }: Pick<
    ScanParts,
    "controller" | "hooks" | "logger"
  >,
): void {
  const steps = hooks.takeRateSteps();
  if (steps === 0) return;
  const ratePps = controller.scaleRate(RATE_STEP ** steps);
  if (ratePps === null) {
    logger.warn(
      "Rate unchanged: there is no rate limit, or --rate auto is in control",
    );
  } else {
    logger.info("Rate {ratePps} p/s: as asked by a signal", {
      ratePps: Number(ratePps.toFixed(3)),
    });
  }
}
