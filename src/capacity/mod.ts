/** The capacity of the path: a model of what it carries, and the rate that follows from it. @module */
export {
  RateController,
  type RateControllerOptions,
  type RateDecision,
  type RateReason,
} from "./rate_controller.ts";
