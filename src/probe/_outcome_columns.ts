import type { Column } from "../base/mod.ts";
import type { Response, ResponseClass } from "./probe.ts";

/** The name of the response's class. */
export function classificationColumn(
  classes: readonly ResponseClass[],
): Column<Response> {
  return {
    name: "classification",
    type: "string",
    description: "Kind of the response",
    read: (r) => classes[r.classIndex]?.name ?? null,
  };
}

/** Whether the response counts as a success. */
export const SUCCESS_COLUMN: Column<Response> = {
  name: "success",
  type: "bool",
  description: "Whether the response counts as a success",
  read: (r) => r.isSuccess,
};
