/** Writes the page of all options: `deno task options`. */
import { optionsPage } from "./_options_page.ts";

const path = new URL("../docs/options.md", import.meta.url);
await Deno.writeTextFile(path, optionsPage());
