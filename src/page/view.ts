import type { LossPlace } from "../monitor/loss_places.ts";

/** A share between 0 and 1, and its 95% interval. */
export interface Band {
  readonly low: number;
  readonly estimate: number;
  readonly high: number;
}

/** What is told of the targets and the answers of one family. */
export interface FamilyView {
  readonly targets: number;
  readonly targets_probed: number;
  readonly packets_sent: number;
  readonly valid: number;
  readonly success_unique: number;
}

/** A line of the log. */
export interface LogLineView {
  /** UTC, with milliseconds. */
  readonly time: string;
  readonly level: "trace" | "debug" | "info" | "warning" | "error" | "fatal";
  /** Part of the program. */
  readonly stage: string;
  readonly text: string;
}

/** Answers of one class. */
export interface AnswerView {
  readonly class: "success" | "failure" | "app_success";
  readonly total: number;
  /** The first ones of their targets. */
  readonly unique: number;
}

/** Something that is counted by name, most first. */
export interface CountView {
  readonly name: string;
  readonly count: number;
}

/** What keeps the scan from being faster, as a word for programs. */
export type LimitKey =
  | "rate"
  | "max_rate"
  | "path"
  | "network"
  | "disk"
  | "output"
  | "kernel"
  | "machine"
  | "targets"
  | "cooldown"
  | "nothing";

/** What a scan does, which tells one from another; it does not change while it runs. */
export interface ScanIdentity {
  /** The arguments, as the program got them. */
  readonly command_line: readonly string[];
  readonly version: string;
  /** First 16 hexadecimal digits of the SHA-256 of the seed: scans with the same seed have the same. */
  readonly seed_digest: string;
  /** UTC; of the first run, where it was resumed. */
  readonly started_at: string;
  readonly probe_module: string;
  readonly target_ports: readonly number[];
  /** Name of the interface; empty: none, in a dry run. */
  readonly interface: string;
  readonly shard: number;
  readonly shards: number;
  readonly is_dry_run: boolean;
}

/**
 * A running scan as of one moment: all that metrics and page show, as plain JSON. Rates are those of the last second;
 * all counts are totals of all runs of the scan; shares lie between 0 and 1.
 */
export interface ScanView {
  /** Raised where a key changes its meaning. */
  readonly format: 1;
  readonly scan: ScanIdentity;
  /** UTC, with milliseconds. */
  readonly updated_at: string;
  /** `done`: this is the last view, with the final figures. */
  readonly phase: "sending" | "cooldown" | "done";
  /** What it does and what it waits for, for people. */
  readonly phase_text: string;
  readonly elapsed_seconds: number;
  /** Null: nothing tells. */
  readonly seconds_left: number | null;
  /** Share of the time of the scan that has passed. */
  readonly progress: number;
  /** Why it has ended, "completed" among others; null: it has not. */
  readonly exit_reason: string | null;
  /** Packets per second. */
  readonly rates: {
    /** 0: as fast as possible. */
    readonly asked: number | "auto";
    /** What the pacing allows at the moment; 0: no limit. */
    readonly allowed: number;
    readonly sent: number;
    /** Packets captured. */
    readonly received: number;
    /** Sent, on average over the time spent sending. */
    readonly mean_sent: number;
  };
  /** Packets handed to the senders, those that could not be sent included: ZMap's count. */
  readonly packets_sent: number;
  /** What went in and came out at each step; each `=` is a balance. */
  readonly ledger: {
    /** `made` = `accepted` + `given_up` + `not_sent`. */
    readonly frames: {
      readonly made: number;
      readonly accepted: number;
      readonly given_up: number;
      readonly not_sent: number;
    };
    /** `captured` = the sum of the others. */
    readonly packets: {
      readonly captured: number;
      readonly valid: number;
      readonly failed_validation: number;
      readonly no_answer_to_a_probe: number;
      readonly from_no_target: number;
      readonly damaged: number;
    };
    /** `valid` = the sum of the others, once all is written. */
    readonly answers: {
      readonly valid: number;
      readonly written: number;
      readonly to_follow_ups: number;
      readonly of_tested_prefixes: number;
      readonly not_asked_for: number;
      readonly lost: number;
    };
  };
  /** What was lost at each place of the ledger, in the order of a packet's way. */
  readonly lost: readonly {
    readonly place: LossPlace;
    readonly total: number;
    /** Per second, in the last second. */
    readonly last_second: number;
  }[];
  /** Valid answers by class; `app_success` only where the kind of probe can tell. */
  readonly answers: readonly AnswerView[];
  /** Answers that came after a success of their target, and those that say something else than the first one. */
  readonly repeats: number;
  readonly differing: number;
  /** Hosts that answered with success. */
  readonly hits: number;
  /** Hits as a share of what was probed; null: nothing was. */
  readonly hit_rate: Band | null;
  /** Loss of the round trip in the last seconds, in the last view that of the whole scan; null: not enough data. */
  readonly path_loss: (Band & { readonly samples: number }) | null;
  /** Why there is no `path_loss`; null: there is. */
  readonly path_loss_reason: string | null;
  /** Estimated share of the answering hosts that are in the results; null: not known. */
  readonly coverage: number | null;
  /** Share of the targets probed of whose loss nothing is known. */
  readonly unknown_share: number;
  readonly targets: {
    /** As far as they are known. */
    readonly planned: number;
    /** Whether more may come: the input is read while the scan runs. */
    readonly may_grow: boolean;
    /** By what became of them; the sum is `planned`. */
    readonly by_state: {
      /** Got a probe, or were to get one and have no neighbour: see `without_neighbour`. */
      readonly probed: number;
      readonly waiting: number;
    };
    /** Probes that were not made, as no host on the link has the target's address. */
    readonly without_neighbour: number;
    /** Probes still to be sent, of all passes. */
    readonly probes_left: number;
  };
  /** How often targets were gone over so far, the first time included. */
  readonly passes: number;
  /** What keeps the scan from being faster at the moment. */
  readonly limit: { readonly key: LimitKey; readonly text: string };
  /** Queues between threads; `fill` is the share in use. */
  readonly queues: readonly {
    readonly name: "results" | "answers" | "work";
    readonly fill: number;
  }[];
  /** What outputs have not taken yet. */
  readonly output_lag: { readonly bytes: number; readonly rows: number };
  /** Rows written. */
  readonly rows: number;
  readonly threads: readonly {
    /** `main`, `receiver`, `sender 0`, `watch`. */
    readonly name: string;
    /** Processor time so far. */
    readonly processor_seconds: number;
    /** Processors that it has kept busy in the last second. */
    readonly load: number;
  }[];
  /** Memory of the process, in bytes; null: not known. */
  readonly memory: {
    readonly resident_bytes: number | null;
    readonly peak_bytes: number | null;
  };
  /** Null: none is kept. */
  readonly checkpoint: {
    /** Since the last one was written; null: none was. */
    readonly age_seconds: number | null;
  } | null;
  /** Those that have targets. */
  readonly families: {
    readonly ipv4?: FamilyView;
    readonly ipv6?: FamilyView;
  };
  /** The last lines of the log, 50 at most, oldest first. */
  readonly log: readonly LogLineView[];
  /**
   * What has most successes.
   *
   * @default {undefined} it is not counted
   */
  readonly top?: {
    readonly prefixes: readonly CountView[];
    readonly ports: readonly CountView[];
    readonly classes: readonly CountView[];
  };
}
