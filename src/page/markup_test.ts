import assert from "node:assert/strict";
import { jsonData, markup, type MarkupValue } from "./markup.ts";

Deno.test("markup`` makes text of what is put into it, but of markup", () => {
  const bad = `<script>"'&`;
  const list: MarkupValue[] = [markup`<i>${bad}</i>`, "<", null, false, 0];
  assert.equal(
    markup`<p title="${bad}">${list}</p>`.text,
    '<p title="&lt;script&gt;&quot;&#39;&amp;"><i>&lt;script&gt;&quot;&#39;&amp;</i>&lt;0</p>',
  );
});

Deno.test("jsonData() cannot end the element that it stands in", () => {
  const value = { text: "</script><!--" };
  const { text } = jsonData(value);
  assert.ok(!text.includes("<"));
  assert.deepEqual(JSON.parse(text), value);
});
