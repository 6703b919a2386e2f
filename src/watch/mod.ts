/** A running scan, shown to programs and people: metrics, a page, an interface in JSON. @module */
export type {
  AnswerView,
  Band,
  CountView,
  FamilyView,
  LimitKey,
  LogLineView,
  ScanIdentity,
  ScanView,
} from "../page/view.ts";
