import { formatCount } from "./format.ts";

/** A line of the summary: a name, its count, and what there is to say about it. */
export function summaryRow(name: string, count: number, note: string): string {
  return `  ${name.padEnd(33)}${formatCount(count).padStart(13)}  ${note}`
    .trimEnd();
}
