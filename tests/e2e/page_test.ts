import assert from "node:assert/strict";
import { TestDirectory } from "../../src/cli/_test_directory.ts";
import { CHROMIUM, Network, TEST_REQUIREMENTS } from "../../src/demo/mod.ts";
import type { ScanView } from "../../src/watch/mod.ts";
import { Browser } from "./browser.ts";
import { runOutside } from "./namespace.ts";
import { startPacemap } from "./network_fixture.ts";
import { findSkipReason, testUnless } from "./skip.ts";

const SKIP_REASON = await findSkipReason([...TEST_REQUIREMENTS, CHROMIUM]);
/** Where the pictures stay, for people. */
const PICTURES = "/tmp/pacemap-pictures";
const WIDTHS = [360, 1280, 2560];

/** In the page: its figures, and the status of the same second, whenever they can be had together. */
const FIGURES = `(async () => {
  for (;;) {
    const status = await (await fetch("api/status")).json();
    const shown = document.querySelector("[data-second]").dateTime;
    if (shown === status.updated_at) {
      const figures = [...document.querySelectorAll("[data-path]")]
        .map(({ dataset }) => [dataset.path, JSON.parse(dataset.value)]);
      return { status, figures };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
})()`;

interface Seen {
  readonly status: ScanView;
  readonly figures: readonly (readonly [path: string, value: unknown])[];
}

function at(view: ScanView, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | null)?.[key] ?? null,
    view,
  );
}

function assertFigures({ figures, status }: Seen): void {
  const compared = figures.filter(([path]) => path !== "");
  assert.ok(compared.length >= 5);
  for (const [path, value] of compared) {
    assert.equal(value, at(status, path), path);
  }
}

async function assertFits(browser: Browser, width: number): Promise<void> {
  const wide = await browser.run<number>(
    "document.scrollingElement.scrollWidth",
  );
  assert.ok(wide <= width, `${wide} pixels wide on a screen of ${width}`);
}

/** The script of axe-core. As a module it looks into the environment, which tests may not. */
async function axeScript(): Promise<string> {
  const print = `import axe from "axe-core"; console.log(axe.source)`;
  const { code, stderr, stdout } = await runOutside([
    ...[Deno.execPath(), "eval", "--quiet", print],
  ]);
  assert.equal(code, 0, stderr);
  return stdout;
}

async function assertAccessible(browser: Browser, axe: string): Promise<void> {
  await browser.run(`${axe}; 0`);
  const findings = await browser.run<{ id: string; impact: string }[]>(
    `axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) =>
      ({ id, impact, nodes: nodes.slice(0, 3).map(({ html }) => html) })))`,
  );
  const serious = findings.filter(({ impact }) =>
    impact === "serious" || impact === "critical"
  );
  assert.deepEqual(serious, []);
}

/** Where pictures go; one of its own where another user has made the usual one. */
async function pictureDirectory(): Promise<string> {
  try {
    await Deno.mkdir(PICTURES, { recursive: true });
    await Deno.writeTextFile(`${PICTURES}/about.txt`, "by page_test.ts\n");
    return PICTURES;
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    return await Deno.makeTempDir({ prefix: "pacemap-pictures-" });
  }
}

async function takePictures(
  browser: Browser,
  name: string,
  schemes: readonly ("light" | "dark")[],
): Promise<void> {
  const directory = await pictureDirectory();
  for (const width of WIDTHS) {
    for (const scheme of schemes) {
      await browser.resize(width, { scheme });
      // Plots fit themselves to a place at the next frame.
      await browser.run(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
      );
      await assertFits(browser, width);
      await Deno.writeFile(
        `${directory}/${name}-${width}-${scheme}.png`,
        await browser.picture(),
      );
    }
  }
}

/** Zooms the map by keyboard; returns what it says to show before and after. */
async function zoom(browser: Browser): Promise<[string, string]> {
  const shown = `document.querySelector("[data-map] output").textContent`;
  const until = (wanted: string): Promise<string> =>
    browser.run(`(async () => {
      while (!(${wanted})) await new Promise((next) => setTimeout(next, 20));
      return ${shown};
    })()`);
  const before = await until(`${shown} !== ""`);
  await browser.run(`document.querySelector("[data-map] canvas").focus()`);
  await browser.press("Enter");
  const after = await until(`${shown} !== ${JSON.stringify(before)}`);
  await browser.press("Backspace");
  await until(`${shown} === ${JSON.stringify(before)}`);
  return [before, after];
}

/** The address that the scan listens at, as it says on standard error; the rest of that is read to its end. */
async function placeOf(child: Deno.ChildProcess): Promise<string> {
  const place = Promise.withResolvers<string>();
  void (async (): Promise<void> => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const bytes of child.stderr) {
      text += decoder.decode(bytes, { stream: true });
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
      if (found !== null) place.resolve(found[0]);
    }
    place.reject(new Error(text));
  })();
  return await place.promise;
}

testUnless(
  SKIP_REASON,
  "--listen shows the scan in a browser, and --report what became of it",
  async () => {
    await using network = await Network.create();
    using directory = new TestDirectory();
    const report = `${directory.path}/report.html`;
    await network.limitRouter(1400);
    await using browser = await Browser.open(network.scanner);
    const child = startPacemap(network.scanner, [
      ...["-M", "icmp_echoscan", "-r", "1500", "-b", "/dev/null", "-c", "2"],
      ...["--listen", "127.0.0.1:0", "--report", report],
      ...["-o", "/dev/null", "198.18.0.0/15"],
    ]);
    const axe = await axeScript();
    const place = await placeOf(child);
    await browser.resize(1280);
    await browser.go(place);
    // Until there are figures another page is shown, which loads itself anew.
    const drawn = `document.querySelector(".uplot") !== null`;
    while (!await browser.run<boolean>(drawn).catch(() => false)) {
      await new Promise((next) => setTimeout(next, 50));
    }
    assertFigures(await browser.run<Seen>(FIGURES));
    const top = startPacemap(network.scanner, ["top", place]);
    const topText = new Response(top.stdout).text();
    const topErrors = new Response(top.stderr).text();
    await network.limitRouter(900);
    const [before, after] = await zoom(browser);
    assert.equal(before, "198.16.0.0/12");
    const where = `document.querySelector("[data-where]").textContent`;
    assert.match(
      await browser.run<string>(where),
      /^198\.16\.0\.0\/12: 131,072 targets, .* [1-9][\d,]* answered$/,
    );
    assert.match(after, /^198\.\d+\.0\.0\/16$/);
    await takePictures(browser, "live", ["light", "dark"]);
    await assertAccessible(browser, axe);
    assertFigures(await browser.run<Seen>(FIGURES));
    // Without its script the page has the figures too.
    await browser.command("Emulation.setScriptExecutionDisabled", {
      value: true,
    });
    await browser.go(place);
    const { root } = await browser.command("DOM.getDocument") as {
      root: { nodeId: number };
    };
    const { outerHTML } = await browser.command("DOM.getOuterHTML", {
      nodeId: root.nodeId,
    }) as { outerHTML: string };
    assert.match(outerHTML, /data-path="hits" data-value="[1-9]\d*"/);
    assert.match(outerHTML, /Drawn by a script/);
    await browser.command("Emulation.setScriptExecutionDisabled", {
      value: false,
    });
    child.kill("SIGINT");
    const { code } = await child.status;
    assert.equal(code, 1);
    await child.stdout.cancel();
    assert.equal((await top.status).code, 0, await topErrors);
    // The first lines may come before the first answers.
    assert.match(
      await topText,
      /^Sending .*; found [1-9].*\n(?:.*\n)*Done stopped by SIGINT/m,
    );
    await browser.go(`file://${report}`);
    const text = await browser.run<string>("document.body.innerText");
    assert.match(text, /The scan ended early: stopped by SIGINT/);
    assert.match(text, /Lost on the way/);
    await zoom(browser);
    await takePictures(browser, "report", ["light"]);
    await assertAccessible(browser, axe);
    assert.deepEqual(browser.complaints, []);
  },
);
