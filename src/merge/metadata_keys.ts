/** Keys of a scan's metadata that are copied where all shards say the same. */
export const COMMON_KEYS: readonly string[] = [
  "version",
  "target_ports",
  "max_targets",
  "dryrun",
  "deduplication_method",
  "deduplication_window_size",
  "packet_streams",
  "probe_module",
  "probe_args",
  "probe_ttl",
  "output_fields",
  "output_filter",
  "validate_source_port",
  "notes",
  "user-metadata",
];

/** Keys whose values add up. */
export const SUM_KEYS: readonly string[] = [
  "packets_sent",
  "send_to_failures",
  "own_addresses",
  "success_total",
  "success_unique",
  "app_success_total",
  "app_success_unique",
  "success_cooldown_total",
  "success_cooldown_unique",
  "failure_total",
  "repeat_total",
  "validation_passed",
  "validation_failed",
  "ip_fragments",
  "pcap_recv",
  "pcap_drop",
  "pcap_ifdrop",
  "output_results",
];

/** What else of a shard's metadata is written to those of the whole. */
export const SHARD_KEYS: readonly string[] = [
  "families",
  "local_hostname",
  "send_start_time",
  "send_end_time",
  "recv_start_time",
  "recv_end_time",
];
