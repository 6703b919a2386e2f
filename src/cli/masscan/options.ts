/** What becomes of an option of masscan. */
export type MasscanRule =
  /** The same as an option of pacemap. */
  | { readonly kind: "same"; readonly option: string }
  /** A flag that is an option of pacemap, perhaps with a value. */
  | { readonly kind: "flag"; readonly words: readonly string[] }
  /** Handled by itself; its name is that of the rule. */
  | { readonly kind: "own" }
  /** What pacemap does anyway. */
  | { readonly kind: "nothing"; readonly takesValue?: boolean }
  /** Without a counterpart, but the results are the same without it. */
  | {
    readonly kind: "ignored";
    readonly takesValue?: boolean;
    readonly reason: string;
  }
  /** Without a counterpart: the results would be others. */
  | {
    readonly kind: "refused";
    readonly reason: string;
    readonly remedy: string;
  };

const BANNERS: MasscanRule = {
  kind: "refused",
  reason: "pacemap reads no banners",
  remedy: "Hand the hosts to zgrab2: pacemap -p 443 -O zgrab2 … | zgrab2 http",
};
const OWN: MasscanRule = { kind: "own" };
const NOTHING: MasscanRule = { kind: "nothing" };

/** The formats of masscan, and the output modules that write them. */
export const MASSCAN_FORMATS: Readonly<Record<string, string>> = {
  xml: "masscan-xml",
  json: "masscan-json",
  ndjson: "masscan-ndjson",
  list: "masscan-list",
  grepable: "masscan-grepable",
};

/** Short names, and those with capitals, by what they stand for. */
export const MASSCAN_SHORT: Readonly<Record<string, string>> = {
  p: "ports",
  e: "adapter",
  c: "conf",
  iL: "includefile",
  oX: "output-xml",
  oJ: "output-json",
  oD: "output-ndjson",
  oL: "output-list",
  oG: "output-grepable",
  oB: "output-binary",
  oU: "output-unicornscan",
  sL: "list-targets",
  V: "version",
  h: "help",
  n: "noresolution",
  Pn: "nopingsweep",
  sS: "synscan",
  v: "verbose",
  d: "debug",
};

/** The options of masscan, by their names without dashes. */
export const MASSCAN_OPTIONS: Readonly<Record<string, MasscanRule>> = {
  ports: OWN,
  port: OWN,
  excludeports: OWN,
  topports: { kind: "same", option: "top-ports" },
  range: OWN,
  ranges: OWN,
  target: OWN,
  targets: OWN,
  includefile: { kind: "same", option: "allowlist-file" },
  exclude: OWN,
  excludefile: OWN,
  rate: OWN,
  maxrate: OWN,
  shard: OWN,
  shards: OWN,
  seed: OWN,
  wait: OWN,
  ping: OWN,
  retries: OWN,
  maxretries: OWN,
  conf: OWN,
  echo: OWN,
  offline: { kind: "flag", words: ["--dryrun"] },
  dryrun: { kind: "flag", words: ["--dryrun"] },
  nosend: { kind: "flag", words: ["--dryrun"] },
  listtargets: { kind: "flag", words: ["--dryrun"] },
  adapter: { kind: "same", option: "interface" },
  interface: { kind: "same", option: "interface" },
  adapterip: { kind: "same", option: "source-ip" },
  sourceip: { kind: "same", option: "source-ip" },
  adapterport: { kind: "same", option: "source-port" },
  sourceport: { kind: "same", option: "source-port" },
  adaptermac: { kind: "same", option: "source-mac" },
  sourcemac: { kind: "same", option: "source-mac" },
  routermac: { kind: "same", option: "gateway-mac" },
  routermacipv4: { kind: "same", option: "gateway-mac" },
  ttl: { kind: "same", option: "probe-ttl" },
  outputformat: OWN,
  outputfilename: OWN,
  outputxml: OWN,
  outputjson: OWN,
  outputndjson: OWN,
  outputlist: OWN,
  outputgrepable: OWN,
  version: { kind: "flag", words: ["--version"] },
  help: { kind: "flag", words: ["--help"] },
  synscan: NOTHING,
  noresolution: NOTHING,
  nopingsweep: NOTHING,
  sendeth: NOTHING,
  open: NOTHING,
  openonly: NOTHING,
  randomizehosts: NOTHING,
  interactive: NOTHING,
  nointeractive: NOTHING,
  nobanners: NOTHING,
  verbose: { kind: "flag", words: ["--verbosity=4"] },
  debug: NOTHING,
  nocapture: { kind: "nothing", takesValue: true },
  packettrace: {
    kind: "ignored",
    reason: "packets are not traced; --dryrun prints probes",
  },
  ndjsonstatus: {
    kind: "ignored",
    reason: "--status-updates-file FILE.jsonl writes the status as JSON",
  },
  status: { kind: "nothing" },
  stylesheet: {
    kind: "ignored",
    takesValue: true,
    reason: "the XML names no style sheet",
  },
  pfring: {
    kind: "ignored",
    reason: "--send-backend says how frames are sent",
  },
  sendq: { kind: "ignored", reason: "--send-backend says how frames are sent" },
  connectiontimeout: {
    kind: "ignored",
    takesValue: true,
    reason: "no connections are made",
  },
  banners: BANNERS,
  banner: BANNERS,
  hello: BANNERS,
  hellofile: BANNERS,
  httpuseragent: BANNERS,
  httpmethod: BANNERS,
  httpheader: BANNERS,
  httppayload: BANNERS,
  capture: BANNERS,
  rawudp: BANNERS,
  heartbleed: BANNERS,
  readscan: {
    kind: "refused",
    reason: "pacemap does not read masscan's binary files",
    remedy: "Convert them with masscan --readscan FILE -oJ FILE",
  },
  outputbinary: {
    kind: "refused",
    reason: "pacemap does not write masscan's binary format",
    remedy: "Write -oJ FILE, -oD FILE, -oL FILE, -oX FILE or -oG FILE",
  },
  outputunicornscan: {
    kind: "refused",
    reason: "pacemap does not write unicornscan's format",
    remedy: "Write -oJ FILE, -oD FILE, -oL FILE, -oX FILE or -oG FILE",
  },
  resume: {
    kind: "refused",
    reason: "pacemap has checkpoints of its own",
    remedy: "Scan with an output file, and go on with pacemap resume",
  },
  resumeindex: {
    kind: "refused",
    reason: "The order of the targets is another one",
    remedy: "Go on with pacemap resume, or divide the scan with --shard 1/2",
  },
  resumecount: {
    kind: "refused",
    reason: "The order of the targets is another one",
    remedy: "Divide the scan with --shard 1/2, or write pacemap --max-targets",
  },
  appendoutput: {
    kind: "refused",
    reason: "Outputs are replaced",
    remedy: "Name another file; pacemap resume adds to the files of its scan",
  },
  show: {
    kind: "refused",
    reason: "Which answers are written is said by a filter",
    remedy:
      "Write pacemap -O csv -f saddr,sport,classification --output-filter ''",
  },
  noshow: {
    kind: "refused",
    reason: "Which answers are written is said by a filter",
    remedy:
      "Write pacemap -O csv -f saddr,sport,classification --output-filter ''",
  },
  rotate: {
    kind: "refused",
    reason: "Outputs are not rotated",
    remedy: "Divide the scan with --shard 1/24, and give each a file",
  },
  rotatesize: {
    kind: "refused",
    reason: "Outputs are not rotated",
    remedy: "Divide the scan with --shard 1/24, and give each a file",
  },
  rotatedir: {
    kind: "refused",
    reason: "Outputs are not rotated",
    remedy: "Divide the scan with --shard 1/24, and give each a file",
  },
  rotateoffset: {
    kind: "refused",
    reason: "Outputs are not rotated",
    remedy: "Divide the scan with --shard 1/24, and give each a file",
  },
  routerip: {
    kind: "refused",
    reason: "The gateway is the one of the kernel's route",
    remedy: "Write --router-mac MAC, or change the route with ip route",
  },
  routermacipv6: {
    kind: "refused",
    reason: "One gateway serves both families",
    remedy: "Write --router-mac MAC, or leave it out: gateways are asked",
  },
  adaptervlan: {
    kind: "refused",
    reason: "Frames get no VLAN tag of their own",
    remedy: "Make an interface with ip link add … type vlan, and name it: -e",
  },
  arpscan: {
    kind: "refused",
    reason: "pacemap has no ARP scan",
    remedy: "Write pacemap -M icmp_echoscan for a network of your own",
  },
  pcap: {
    kind: "refused",
    reason: "Not all that is received is kept",
    remedy:
      "Write pacemap -O pcap -o FILE for accepted answers, or tcpdump -w FILE",
  },
  pcappayloads: {
    kind: "refused",
    reason: "Payloads are named, one for all targets",
    remedy: "Write pacemap -M udp --probe-args payload:NAME",
  },
  nmappayloads: {
    kind: "refused",
    reason: "Payloads are named, one for all targets",
    remedy: "Write pacemap -M udp --probe-args payload:NAME",
  },
  minpacket: {
    kind: "refused",
    reason: "Probes are as long as they are",
    remedy: "Leave it out",
  },
  iflist: {
    kind: "refused",
    reason: "pacemap lists no interfaces",
    remedy: "Write ip address; pacemap doctor says which one a scan would use",
  },
  infinite: {
    kind: "refused",
    reason: "A scan ends when all targets are probed",
    remedy: "Leave it out",
  },
  regress: {
    kind: "refused",
    reason: "pacemap has no test of itself",
    remedy: "Write pacemap doctor",
  },
  benchmark: {
    kind: "refused",
    reason: "pacemap has no benchmark of itself",
    remedy: "Write pacemap doctor, which measures what this machine can send",
  },
  redis: {
    kind: "refused",
    reason: "pacemap does not write to Redis",
    remedy: "Write -oD - and read it with a program of yours",
  },
};
