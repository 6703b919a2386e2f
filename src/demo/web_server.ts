import { type Host, kill } from "./host.ts";

/** A running web server. */
export interface WebServer {
  /** Ends it and waits until it is gone. */
  close(): Promise<void>;
}

/** One process that writes nothing outside the directory it is started in. */
const configuration = (hasIpv6: boolean): string => `
user root root;
daemon off;
master_process off;
pid nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 80 backlog=65535;${
  hasIpv6 ? "\n    listen [::]:80 ipv6only=on backlog=65535;" : ""
}
    return 200 "pacemap test host\\n";
  }
}
`;

/** Gives nginx a private file system for its files, so that they go when it does. */
const START_SCRIPT =
  `mount -t tmpfs tmpfs /run && mkdir /run/web && cat >/run/web/nginx.conf &&
exec nginx -p /run/web/ -c nginx.conf -e stderr`;

const READY_TRIES = 100;
const READY_PAUSE_MS = 50;

/**
 * Starts nginx on port 80 of a host, over IPv6 too if it has that, with its own configuration and nothing of the system's.
 *
 * @throws {Error} when it does not accept connections within a few seconds
 */
export async function startWebServer(
  host: Host,
  hasIpv6: boolean,
): Promise<WebServer> {
  const args = ["--mount", "sh", "-c", START_SCRIPT];
  const child = host.spawn("unshare", args, {
    stdin: "piped",
    stderr: "piped",
  });
  const complaint = new Response(child.stderr).text();
  let hasEnded = false;
  const status = child.status.finally(() => hasEnded = true);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(configuration(hasIpv6)));
  await writer.close();
  for (let tries = 0; tries < READY_TRIES && !hasEnded; tries++) {
    if (await isListening(host)) {
      return {
        async close(): Promise<void> {
          kill(child, "SIGKILL");
          await status;
          await complaint;
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, READY_PAUSE_MS));
  }
  kill(child, "SIGKILL");
  await status;
  throw new Error(
    `Cannot start nginx: ${
      (await complaint).trim() || "it does not listen on port 80"
    }`,
  );
}

/** Looks for a listening socket on port 80 in the kernel's table, which does not disturb the server. */
async function isListening(host: Host): Promise<boolean> {
  const table = await host.run("cat", ["/proc/net/tcp"]);
  return /^ *\d+: [0-9A-F]{8}:0050 00000000:0000 0A/m.test(table);
}
