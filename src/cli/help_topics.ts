import type { OptionKey } from "./options.ts";

/** A subject of `pacemap help`. */
export interface HelpTopic {
  /** One line for the list of topics. */
  readonly summary: string;
  /** Paragraphs, to be filled. */
  readonly text: string;
  /** The options that belong to it, in the order in which they are explained. */
  readonly options: readonly OptionKey[];
  /** Whole command lines. */
  readonly examples: readonly string[];
}

/** Subjects by name, in the order of their list; kinds of probes and formats come from their tables. */
export const HELP_TOPICS: Readonly<Record<string, HelpTopic>> = {
  targets: {
    summary: "What is scanned: addresses, prefixes, lists, host names, IPv6",
    text:
      `Targets are given on the command line or in lists: 192.0.2.1, 192.0.2.0/24,
192.0.2.1-192.0.2.9, 2001:db8::/120, or a host name, of which all addresses are
taken. The blocklist wins over all of them; without -b it has the private and
special ranges of IANA's registries. Without any target, all of IPv4 outside of
the blocklist is scanned. The order is random, and fixed by --seed.`,
    options: [
      ...["targetPorts", "allowlistFile", "blocklistFile"] as const,
      ...["listOfIpsFile", "stream", "maxTargets", "ipv4", "ipv6"] as const,
      ...["v6Window", "v6Rule", "seed", "shards", "shard"] as const,
    ],
    examples: [
      "pacemap -p 443 192.0.2.0/24 198.51.100.7-198.51.100.90",
      "pacemap -p 80,8000-8010 -w networks.txt -b blocked.txt",
      "pacemap -6 -p 443 --v6-window 64 2001:db8::/48",
      "generator | pacemap -p 22 -I - --stream",
    ],
  },
  rate: {
    summary: "How fast probes are sent, and how the rate is found",
    text:
      `A rate is in packets per second on the wire and is kept in every window of
time. --rate auto starts at 1,000 packets/s, doubles while nothing is lost, goes
back below what the path carries, and tries more now and then. SIGUSR1 and SIGUSR2
raise and lower a fixed rate by 5%. pacemap doctor measures the rate that this
machine can hold.`,
    options: [
      ...["rate", "minRate", "maxRate", "bandwidth", "batch"] as const,
      ...["senderThreads", "cores", "sendBackend", "cooldownTime"] as const,
      ...["maxRuntime", "retries"] as const,
    ],
    examples: [
      "pacemap -p 443 -r 1000 192.0.2.0/24",
      "pacemap -p 443 --rate auto --max-rate 50000 -w networks.txt",
      "pacemap doctor -p 443 -r 500000 192.0.2.0/24",
    ],
  },
  loss: {
    summary: "What is lost here and on the way, and what is done about it",
    text:
      `What is lost on this machine is counted by place, and shown in the status, the
summary and the metadata. What the network loses is estimated: some hosts that
have answered are asked again, and the share that stays silent is the loss of the
round trip. Targets whose probes were sent while too much was lost are sent
again. Exit code 4 means that more was lost than --loss-target allows.`,
    options: [
      ...["lossSample", "lossTarget", "onLoss", "maxPasses"] as const,
      ...["onLinkLoss", "minHitrate", "maxSendtoFailures"] as const,
    ],
    examples: [
      "pacemap -p 443 --rate auto --loss-target 0.1 192.0.2.0/24",
      "pacemap -p 443 -r 20000 --on-loss slow -w networks.txt",
    ],
  },
  watch: {
    summary: "How a running scan is watched: page, metrics, status",
    text:
      `--listen serves a page that follows the scan, /metrics for Prometheus, and
/api/status, /api/ledger and /api/events in JSON, read only, to this machine
unless another address is named. Whatever clients do, the scan goes on as it
would. --metrics-file writes the same metrics to a file, for node_exporter.
--report leaves the page as one file when the scan ends. pacemap top shows a
running scan in the terminal, and pacemap report makes reports of earlier ones.`,
    options: [
      ...["listen", "metricsFile", "report", "status"] as const,
      "statusInterval",
      ...["statusUpdatesFile", "quiet"] as const,
    ],
    examples: [
      "pacemap -p 443 --listen 127.0.0.1:8080 -w networks.txt -o found.csv",
      "pacemap -p 443 --report scan.html -w networks.txt -o found.csv",
      "pacemap top 127.0.0.1:8080",
      "pacemap report scan.json status.csv found.csv -o scan.html",
      "pacemap -p 443 --metrics-file /var/lib/node_exporter/pacemap.prom -w networks.txt",
    ],
  },
  outputs: {
    summary: "Where results go: formats, fields, several files at once",
    text:
      `Results go to standard output, or to the file of -o; -O names the format. Both
may be given several times: each -O begins an output, and the -o behind it names
its file. --list-output-fields lists the fields of a kind of probe. Without any
of -O, -f and --output-filter, the addresses of hosts that answer with success
are written, one a line.`,
    options: [
      ...["outputFile", "outputModule", "outputFields"] as const,
      ...["outputFilter", "noHeaderRow", "maxResults"] as const,
      ...["dedupMethod", "metadataFile", "summaryFile"] as const,
    ],
    examples: [
      "pacemap -p 443 -o found.csv -f saddr,sport,ttl 192.0.2.0/24",
      "pacemap -p 443 -O csv -o found.csv -O json -o found.json 192.0.2.0/24",
      "pacemap -p 443 -O zgrab2 192.0.2.0/24 | zgrab2 tls",
    ],
  },
  filters: {
    summary: "Which answers are written",
    text:
      `A filter compares fields with values: =, !=, <, <=, > and >=, put together with
&& and ||, in parentheses. Text may stand between quotes. A field without a value
equals nothing. ZMap's filter "success = 1 && repeat = 0" writes each host once.`,
    options: ["outputFilter", "outputFields", "dedupMethod", "aliased"],
    examples: [
      "pacemap -p 443 -f saddr,classification --output-filter 'success = 0' 192.0.2.0/24",
      "pacemap -p 443 -f saddr,ttl --output-filter 'success = 1 && ttl > 60' 192.0.2.0/24",
    ],
  },
  permissions: {
    summary: "Rights that a scan needs, and gives up",
    text:
      `Packet sockets need root or CAP_NET_RAW. Everything that needs rights is opened
before the first packet, and then root is given up. Without rights,
setcap cap_net_raw,cap_net_admin=ep on the executable, or ambient capabilities of
a service, let another user scan. pacemap doctor names what is missing; --dryrun
needs no rights.`,
    options: ["interface", "noPreflight", "dryrun"],
    examples: [
      "sudo pacemap -p 443 192.0.2.0/24",
      "pacemap doctor",
      "pacemap --dryrun -p 443 192.0.2.0/28",
    ],
  },
  resume: {
    summary: "Going on with a scan that has ended early, or was killed",
    text:
      `A scan with an output file keeps a checkpoint beside it, OUTPUT.pacemap. It is
written every few seconds and deleted when all is done. pacemap resume goes on
from there, also after a kill or a crash of the machine, and adds to the same
outputs. pacemap status shows how far a scan is.`,
    options: ["checkpoint", "checkpointInterval", "noCheckpoint"],
    examples: [
      "pacemap -p 443 -o found.csv -w networks.txt",
      "pacemap status found.csv.pacemap",
      "pacemap resume found.csv.pacemap --rate 5000",
    ],
  },
  status: {
    summary: "What is shown while a scan runs",
    text:
      `In a terminal the status is rewritten in place. Elsewhere it is a line, as ZMap
writes it: one a second in the first minute, then every ten seconds, and after ten
minutes every minute. Rates and losses of a line are those since the line before.
SIGQUIT (Ctrl-\\) shows the status at once.`,
    options: [
      ...["status", "statusInterval", "color", "quiet"] as const,
      ...["statusUpdatesFile", "verbosity", "logFile", "logFormat"] as const,
    ],
    examples: [
      "pacemap -p 443 --status zmap -o found.csv 192.0.2.0/24",
      "pacemap -p 443 --status-interval 60 -o found.csv -w networks.txt 2>scan.log",
    ],
  },
};
