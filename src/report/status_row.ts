import { LOSS_PLACES, type LossPlace } from "../monitor/loss_places.ts";
import { type Facts, numberAt } from "./facts.ts";

/** The column of a status file that has the losses of a place in the last second. */
export function lossColumn(place: LossPlace): string {
  return `lost-${place.replaceAll(/:? /g, "-")}`;
}

/** What a row of a status file adds to the course of its scan: channels as a view has them. */
export function sampleOfRow(row: Facts): Record<string, number | null> {
  const of = (name: string): number | null => numberAt(row, [name]);
  const share = (name: string): number | null => {
    const percent = of(name);
    return percent === null ? null : percent / 100;
  };
  const allowed = of("rate-wanted");
  const isSending = (of("active-send-threads") ?? 0) > 0;
  return {
    allowed: isSending && allowed !== null && allowed > 0 ? allowed : null,
    sent: of("sent-last-one-sec"),
    received: of("recv-total-last-one-sec"),
    "hit rate": share("hit-rate"),
    "path loss": share("path-loss"),
    "path loss low": share("path-loss-low"),
    "path loss high": share("path-loss-high"),
    ...Object.fromEntries(
      LOSS_PLACES.map((place) => [`lost ${place}`, of(lossColumn(place))]),
    ),
  };
}
