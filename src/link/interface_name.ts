import type { LinkInfo } from "./facts.ts";
import { LinkReader } from "./link_reader.ts";

/** The interface that has this name, be it its main one or an alternative one; undefined when there is none. */
export function findByName(
  links: readonly LinkInfo[],
  name: string,
): LinkInfo | undefined {
  return links.find((link) => link.name === name) ??
    links.find((link) => link.alternativeNames.includes(name));
}

let kept: LinkReader | null = null;

/** From now on `interfaceNameOf` asks through this reader: a scan in its sandbox can open none. Null: through its own. */
export function nameInterfacesThrough(reader: LinkReader | null): void {
  kept = reader;
}

/** The main name of an interface by its number; the number itself when it is gone. */
export function interfaceNameOf(index: number): string {
  using stack = new DisposableStack();
  const reader = kept ?? stack.use(LinkReader.open());
  return reader.readLinks().find((link) => link.index === index)?.name ??
    `interface ${index}`;
}
