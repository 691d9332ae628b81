import type { World } from "./world.ts";

/** First uid of people's accounts and of `nobody` (login.defs of Debian, Fedora, Arch). */
const FIRST_PERSON = 1000;
const NOBODY = 60_000;

/**
 * Whether several people have accounts on this machine: then what weakens the gateway opens it to them too. An
 * account counts when it can log in. `undefined` where the system does not tell.
 */
export async function isSharedHost(
  world: Pick<World, "platform" | "readText" | "list">,
): Promise<boolean | undefined> {
  if (world.platform === "darwin") {
    const homes = await world.list("/Users", 100);
    return homes.filter((name) => name !== "Shared" && name !== "Guest" && !name.startsWith(".")).length > 1;
  }
  if (world.platform === "win32") return undefined;
  const passwd = await world.readText("/etc/passwd", 1_000_000);
  if (!passwd.ok) return undefined;
  const people = passwd.text.split("\n").filter((line) => {
    const [, , uid = "", , , , shell = ""] = line.split(":");
    const id = Number(uid);
    return (
      /^\d{1,10}$/.test(uid) &&
      id >= FIRST_PERSON &&
      id < NOBODY &&
      !/(?:nologin|false|sync)$/.test(shell.trim())
    );
  });
  return people.length > 1;
}
