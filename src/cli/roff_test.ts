import assert from "node:assert/strict";
import { roffEntry, roffHelp, roffSection, roffText } from "./roff.ts";

Deno.test("roffText() lets no text become a macro, an escape or another character", () => {
  assert.equal(roffText(".so /etc/passwd"), "\\&.so /etc/passwd");
  assert.equal(roffText("a\n'x\n.y"), "a\n\\(aqx\n\\&.y");
  assert.equal(roffText("--on-loss"), "\\-\\-on\\-loss");
  assert.equal(roffText("\\fB~^`"), "\\efB\\(ti\\(ha\\(ga");
});

Deno.test("roffHelp() tells paragraphs, rows of a list and examples apart", () => {
  const help = `One
paragraph.

Rows:
  text:TEXT   the text
  .hidden     not a macro
Another:
  A,example.com
  "A,example.com"
End.`;
  assert.equal(
    roffHelp(help),
    `.PP
One paragraph.
.PP
Rows:
.TP
\\fBtext:TEXT\\fR
the text
.TP
\\fB\\&.hidden\\fR
not a macro
.PP
Another:
.PP
.nf
.RS
A,example.com
"A,example.com"
.RE
.fi
.PP
End.
`,
  );
});

Deno.test("roffSection() and roffEntry() leave out what is empty", () => {
  assert.equal(roffSection("Files", ""), "");
  assert.equal(roffSection("Files", "x\n"), '.SH "FILES"\nx\n');
  assert.equal(roffEntry("\\fBa\\fR", "b"), ".TP\n\\fBa\\fR\nb\n");
});
