/** What is told of a running scan; the page knows it too. @module */
export type * from "../page/view.ts";
