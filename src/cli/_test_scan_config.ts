import { completeLibc } from "../../ffi/libc.ts";
import {
  ConfigError,
  type Ipv6Address,
  parseIpv4,
  parseIpv6,
} from "../base/mod.ts";
import { readArguments, splitArguments } from "./arguments.ts";
import { type CheckedConfig, makeScanConfig } from "./scan_config.ts";

// Deno 2.6 takes a library that a test opens, and that stays open with the thread, for a leak.
completeLibc();

const HOSTS: Readonly<Record<string, readonly string[]>> = {
  "two.example": ["8.8.4.4", "8.8.8.8"],
  "both.example": ["8.8.8.8"],
  "none.example": [],
};
const IPV6_HOSTS: Readonly<Record<string, string>> = {
  "both.example": "2001:4860::8",
};

function resolve(name: string): Promise<number[]> {
  const addresses = HOSTS[name];
  if (addresses === undefined) {
    return Promise.reject(
      Object.assign(new Error(name), { code: "ENOTFOUND" }),
    );
  }
  return Promise.resolve(addresses.map(parseIpv4));
}

function resolveIpv6(name: string): Promise<Ipv6Address[]> {
  const address = IPV6_HOSTS[name];
  return address === undefined
    ? Promise.reject(new Error(name))
    : Promise.resolve([parseIpv6(address)!]);
}

/** Makes the configuration that these arguments ask for. */
export function make(...args: string[]): Promise<CheckedConfig> {
  return makeScanConfig(readArguments(splitArguments(args)), {
    resolve,
    resolveIpv6,
    onSilence: () => {},
  });
}

/** The error that these arguments lead to. */
export async function errorOf(...args: string[]): Promise<ConfigError> {
  try {
    await make(...args);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`No error for ${args.join(" ")}`);
}
