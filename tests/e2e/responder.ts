// deno-lint-ignore-file no-console
/**
 * Runs on the target as `responder.ts ADDRESS...`: answers SSDP searches, BACnet requests and, on port 7, anything
 * with itself, from each of these addresses. Says when it listens.
 */
import dgram from "node:dgram";
import { Buffer } from "node:buffer";

const SSDP_ANSWER = [
  "HTTP/1.1 200 OK",
  "CACHE-CONTROL: max-age=1800",
  "LOCATION: http://203.0.113.1:8200/root.xml",
  "SERVER: test/1.0 UPnP/1.1",
  "ST: upnp:rootdevice",
  "USN: uuid:1::upnp:rootdevice",
  "",
  "",
].join("\r\n");

/** Answers by port, given the request. */
const ANSWERS: Readonly<Record<number, (request: Buffer) => Buffer | null>> = {
  7: (request) => request,
  1900: (request) =>
    request.toString().startsWith("M-SEARCH * HTTP/1.1\r\n") &&
      request.toString().endsWith("\r\n\r\n")
      ? Buffer.from(SSDP_ANSWER)
      : null,
  // An acknowledgement that repeats the number of the request, and the object identifier 1234 of a device.
  47808: (request) =>
    request.length === 17
      ? Buffer.from([
        ...[0x81, 0x0a, 0x00, 0x17, 0x01, 0x00, 0x30, request[8]!, 0x0c],
        ...[0x0c, 0x02, 0x3f, 0xff, 0xff, 0x19, 0x4b],
        ...[0x3e, 0xc4, 0x02, 0x00, 0x04, 0xd2, 0x3f],
      ])
      : null,
};

for (const address of Deno.args) {
  for (const [port, answer] of Object.entries(ANSWERS)) {
    const socket = dgram.createSocket("udp4");
    socket.on("message", (request, { address: to, port: toPort }) => {
      const data = answer(request);
      if (data !== null) socket.send(data, toPort, to);
    });
    await new Promise<void>((resolve) =>
      socket.bind(Number(port), address, resolve)
    );
  }
}
console.log("ready");
