import { DatabaseSync } from "node:sqlite";

/**
 * What is wrong with a database that a scan is to go on with: null when its table of results has these columns, and at
 * least so many rows.
 *
 * @throws {Error} when it cannot be read
 */
export function faultOfTable(
  path: string,
  { fields, rows }: {
    readonly fields: readonly string[];
    readonly rows: number;
  },
): string | null {
  // Not read only: what the last transaction has left is undone first.
  const database = new DatabaseSync(path);
  try {
    const columns = database.prepare("PRAGMA table_info(results)").all()
      .map(({ name }) => String(name));
    const wanted = [...new Set(fields)];
    if (columns.join("\n") !== wanted.join("\n")) {
      return `its table has the columns "${columns}", not "${wanted}"`;
    }
    const [found] = database.prepare("SELECT max(rowid) AS last FROM results")
      .all();
    const last = Number(found?.["last"] ?? 0);
    return last < rows ? `its table has ${last} rows, of ${rows}` : null;
  } finally {
    database.close();
  }
}
