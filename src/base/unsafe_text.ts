/**
 * Characters that are never shown, and that a terminal may obey or that change how the text around them is shown:
 * controls (C0, DEL, C1), format characters (those for the direction of text among them), the separators U+2028
 * and U+2029, and all others that Unicode tells programs to show nothing for.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** Of these what text of several lines, and fields of CSV, may hold. */
const LINE_CHARACTERS = "\t\n\r";

/**
 * Writes each character that is unsafe on a terminal as JSON has it: `\u001b`, in two parts beyond U+FFFF. JSON
 * stays JSON of the same value, as such characters occur only within its strings.
 */
export function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, escapeUnits);
}

/** Like `escapeUnsafe`, but leaves tabs and line ends as they are. */
export function escapeUnsafeInLines(text: string): string {
  return text.replace(
    UNSAFE,
    (character) =>
      LINE_CHARACTERS.includes(character) ? character : escapeUnits(character),
  );
}

function escapeUnits(character: string): string {
  let escaped = "";
  for (let i = 0; i < character.length; i++) {
    escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}
