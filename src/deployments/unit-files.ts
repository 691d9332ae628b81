import { fileEnv, type ServiceEnv, unitEnv } from "../config/service-env.ts";
import type { Secret } from "../core/secret.ts";
import { asReadableTo } from "./path-trust.ts";
import type { ServiceUnit, World } from "./world.ts";

/** What systemd makes a service with: its unit, the drop-ins over it, and the files of variables that they name. */
export interface UnitFiles {
  /** `openclaw-gateway.service`. */
  readonly name: string;
  /** With the values of the files of variables. Values that systemd fills in itself (`%h`) are left as they are written. */
  readonly env: ServiceEnv;
  /** Which file has the last word on a variable: `openclaw-gateway.service`, `…service.d/override.conf`, a path. */
  readonly sources: Readonly<Record<string, string>>;
  /** Every file that was read, the unit first; `modified`: milliseconds since 1970. */
  readonly files: readonly { readonly path: string; readonly modified?: number }[];
  readonly privateTmp: boolean;
}

const UNIT = /^[A-Za-z0-9][A-Za-z0-9_.@:-]{0,252}$/;
const MAX_UNIT = 262_144;
const MAX_DROP_INS = 20;
/** Who may read what everybody may. */
const NOBODY = 65_534;

/** Where a unit is looked for, the first that has it wins (systemd.unit(5), "Unit File Load Path"). */
export function unitDirectories({ user }: Pick<ServiceUnit, "user">, configHome: string, home: string) {
  const all = (kind: "user" | "system"): readonly string[] => [
    `/etc/systemd/${kind}`,
    `/run/systemd/${kind}`,
    `/usr/local/lib/systemd/${kind}`,
    `/usr/lib/systemd/${kind}`,
  ];
  return user
    ? [`${configHome}/systemd/user`, ...all("user"), `${home}/.local/share/systemd/user`]
    : all("system");
}

/**
 * `path`: where the unit is known to be; it is looked for when absent. `uid`: whose process it starts, who wrote a user's
 * unit; the owner of the home directory when absent. What such a unit names is read with that user's rights.
 */
export async function readUnit(
  machine: World,
  unit: ServiceUnit & { readonly home: string; readonly configHome?: string; readonly path?: string },
  salt: string,
): Promise<UnitFiles | undefined> {
  const { name, home, configHome = `${home}/.config` } = unit;
  const uid = unit.uid ?? (await machine.info(home))?.uid;
  const theirs = machine.uid === 0 && uid !== 0 ? asReadableTo(machine, uid ?? NOBODY) : machine;
  const world = unit.user ? theirs : machine;
  if (!UNIT.test(name)) return undefined;
  const directories = unitDirectories(unit, configHome, home);
  // An instance is made by the file of its template.
  const [, template, instance] = /^([^@]+@)(.+)$/.exec(name) ?? [];
  const names = [`${name}.service`, ...(template === undefined ? [] : [`${template}.service`])];
  const places = names.flatMap((each) => directories.map((directory) => `${directory}/${each}`));
  const main = unit.path ?? (await firstOf(world, places));
  if (main === undefined) return undefined;
  const read = await world.readText(main, MAX_UNIT);
  if (!read.ok) return undefined;
  const paths = [main, ...(await dropIns(world, names, directories))];
  const parts = [read.text];
  const sources: Record<string, string> = {};
  const from = (source: string, set: Readonly<Record<string, Secret>>): void => {
    for (const variable of Object.keys(set)) sources[variable] = source;
  };
  from(`${name}.service`, unitEnv(read.text, salt).values);
  for (const path of paths.slice(1)) {
    const more = await world.readText(path, MAX_UNIT);
    parts.push(more.ok ? more.text : "");
    if (more.ok) from(path.split("/").slice(-2).join("/"), unitEnv(more.text, salt).values);
  }
  const text = parts.join("\n");
  const env = unitEnv(text, salt);
  const values: Record<string, Secret> = { ...env.values };
  for (const written of env.files) {
    const path = written.replaceAll("%h", home).replaceAll("%i", instance ?? "");
    // Where that home is, is the process' own word.
    const file = await (written.includes("%h") ? theirs : world).readText(path, MAX_UNIT);
    if (!file.ok) continue;
    // systemd lets the files win over Environment=.
    const set = fileEnv(file.text, salt);
    Object.assign(values, set);
    from(path, set);
    paths.push(path);
  }
  return {
    name: `${name}.service`,
    env: { ...env, values },
    sources,
    files: await Promise.all(paths.map((path) => withTime(world, path))),
    privateTmp: /^(?:yes|true|on|1|disconnected)$/i.test(lastOf(text, "PrivateTmp")),
  };
}

async function withTime(world: World, path: string) {
  const modified = (await world.info(path))?.modified;
  return { path, ...(modified === undefined ? {} : { modified }) };
}

async function firstOf(world: World, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await world.exists(path)) return path;
  return undefined;
}

/** In the order of their names, whatever directory they are in; of one name the first directory's counts. */
async function dropIns(
  world: World,
  names: readonly string[],
  directories: readonly string[],
): Promise<readonly string[]> {
  const found = new Map<string, string>();
  // `openclaw-.service.d` and `service.d` are of all services whose names begin so.
  const [own = ""] = names;
  const prefixes = own
    .split("-")
    .slice(0, -1)
    .map((_part, index, all) => `${all.slice(0, index + 1).join("-")}-`);
  const wanted = [...names, ...prefixes.reverse().map((prefix) => `${prefix}.service`), "service"];
  for (const name of wanted)
    for (const directory of directories)
      for (const file of await world.list(`${directory}/${name}.d`, 100))
        if (file.endsWith(".conf") && !found.has(file)) found.set(file, `${directory}/${name}.d/${file}`);
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MAX_DROP_INS)
    .map(([, path]) => path);
}

function lastOf(text: string, key: string): string {
  let last = "";
  for (const line of text.split("\n")) {
    const [, value] = new RegExp(`^\\s*${key}\\s*=\\s*(.{0,200}?)\\s*$`).exec(line) ?? [];
    if (value !== undefined) last = value;
  }
  return last;
}
