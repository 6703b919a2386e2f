// deno-lint-ignore-file no-console
// Prints time, length and addresses of the first packets that pass a filter:
// deno run --allow-ffi capture.ts eth0 icmp 10
import { formatIpv4 } from "@pacemap/pacemap/base";
import { PcapCapture } from "@pacemap/pacemap/ffi";
import { linkLayer, parseIpv4Header } from "@pacemap/pacemap/wire";

const [interfaceName = "lo", filter = "", count = "10"] = Deno.args;
const size = { snapLengthBytes: 96, bufferBytes: 2 ** 21 };
using capture = PcapCapture.open({ interfaceName, filter, ...size });
const { headerBytes } = linkLayer(capture.linkType);
for (let shown = 0; shown < Number(count);) {
  const length = capture.next();
  if (length < 0) throw new Error(capture.lastError());
  if (length === 0) capture.wait(100);
  const ip = parseIpv4Header(capture.view, headerBytes, length);
  if (length === 0 || ip === null) continue;
  const way = `${formatIpv4(ip.source)} > ${formatIpv4(ip.destination)}`;
  console.log(`${capture.seconds} ${capture.wireBytes} bytes ${way}`);
  shown++;
}
