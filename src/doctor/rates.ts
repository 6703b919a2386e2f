import { allowedProcessors } from "../../ffi/machine_limits.ts";
import type { Check } from "./check.ts";
import type { Diagnosis } from "./diagnosis.ts";
import {
  buildingCheck,
  buildingLimit,
  type RateLimit,
  receivingCheck,
  sendingCheck,
} from "./rate.ts";
import { measureReceiving } from "./receive_calibration.ts";
import { measureBuilding, measureSending } from "./send_calibration.ts";
import { linkRates } from "./situation_checks.ts";

/** The rates of one family's probes that this machine can hold. */
export interface FamilyRates {
  readonly checks: readonly Check[];
  readonly limits: readonly RateLimit[];
  /** Packets per second, null where nothing could be measured. */
  readonly measured: {
    readonly building: number | null;
    readonly sending: number | null;
    readonly receiving: number | null;
  };
}

/** Measures how fast this machine sends and receives. No other thread may be given work meanwhile. */
export function measureRates({ measured, situation }: Diagnosis): FamilyRates {
  const { asked, details, layer } = situation;
  const building = measureBuilding(measured);
  const sending = measureSending(measured, {
    layer,
    driver: details?.driver ?? null,
  });
  const receiving = measureReceiving(measured);
  const { check, limit } = sendingCheck(sending, asked, {
    senders: measured.settings.send.senders,
    processors: allowedProcessors().length,
  });
  const rates = linkRates(situation);
  // Only a bound from above: whoever sends builds first.
  const bound = sending.ratePps === null ? buildingLimit(building) : null;
  return {
    checks: [
      ...rates.map((rate) => rate.check),
      buildingCheck(building, asked),
      check,
      receivingCheck(receiving, asked),
    ],
    limits: [...rates.map((rate) => rate.limit), limit, bound]
      .filter((one) => one !== null),
    measured: {
      building: building.ratePps,
      sending: sending.ratePps,
      receiving: receiving.ratePps,
    },
  };
}
