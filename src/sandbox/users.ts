import { readTextFile } from "../../ffi/text_file.ts";

/** Numbers of a user and of its group. */
export interface UserIds {
  readonly userId: number;
  readonly groupId: number;
}

/** The user without rights and without files on every Linux: "nobody". */
export const NOBODY: UserIds = { userId: 65534, groupId: 65534 };

const USERS_FILE = "/etc/passwd";
const GROUPS_FILE = "/etc/group";
/** 2^32 - 1 means "no change". */
const MAX_ID = 2 ** 32 - 2;
/** Fields of a line of both files, passwd(5), group(5). */
const NAME = 0;
const ID = 2;
const GROUP_ID = 3;

/**
 * The user that `USER` or `USER:GROUP` names, each by name or number. A number without a group is its own group, unless
 * the machine knows that user.
 *
 * @throws {RangeError} when there is no such user or group; says which
 */
export function findUser(
  text: string,
  read: (path: string) => string | null = readTextFile,
): UserIds {
  const [userText = "", groupText] = text.split(":", 2);
  const isNumber = /^\d+$/.test(userText);
  const key = isNumber ? ID : NAME;
  const entry = lines(read(USERS_FILE))
    .find((fields) => fields[key] === userText);
  const userId = idOf(isNumber ? userText : entry?.[ID]);
  if (userId === null) throw new RangeError(`no user is "${userText}"`);
  if (groupText === undefined) {
    return { userId, groupId: idOf(entry?.[GROUP_ID]) ?? userId };
  }
  const groupId = idOf(
    /^\d+$/.test(groupText)
      ? groupText
      : lines(read(GROUPS_FILE)).find((one) => one[NAME] === groupText)?.[ID],
  );
  if (groupId === null) throw new RangeError(`no group is "${groupText}"`);
  return { userId, groupId };
}

function lines(text: string | null): string[][] {
  return (text ?? "").split("\n").map((line) => line.split(":"));
}

function idOf(text: string | undefined): number | null {
  const id = text === undefined || text === "" ? NaN : Number(text);
  return Number.isInteger(id) && id <= MAX_ID ? id : null;
}
