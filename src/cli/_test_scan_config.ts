import { ConfigError, parseIpv4 } from "../base/mod.ts";
import { readArguments, splitArguments } from "./arguments.ts";
import { type CheckedConfig, makeScanConfig } from "./scan_config.ts";

const HOSTS: Readonly<Record<string, readonly string[]>> = {
  "two.example": ["8.8.4.4", "8.8.8.8"],
  "none.example": [],
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

/** Makes the configuration that these arguments ask for. */
export function make(...args: string[]): Promise<CheckedConfig> {
  return makeScanConfig(readArguments(splitArguments(args)), {
    resolve,
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
