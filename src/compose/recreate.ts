import type { Secret } from "../core/secret.ts";
import { safeText } from "../core/text.ts";
import type { ComposeProject, ComposeService } from "./project.ts";

/** What has to be known before a container is made anew from its Compose files. */

/** Values of a project that its files name as secrets, so that no difference shows them. */
export function secretsOf({ services }: ComposeProject): readonly string[] {
  return services.flatMap(({ environment }) =>
    [...environment].flatMap(([name, { value }]) => (NAMES_SECRET.test(name) ? value.reveal() : [])),
  );
}

const NAMES_SECRET = /token|password|passwd|secret|passphrase|key|credential/i;

/** The new container gets the state that this one has. */
export function keepsMount(
  { volumes }: ComposeService,
  mounts: readonly { readonly kind: string; readonly source: string; readonly at: string }[],
  stateDir: string,
): boolean {
  const around = (at: string): boolean => stateDir === at || stateDir.startsWith(`${at.replace(/\/$/, "")}/`);
  const innermost = <T>(list: readonly T[], at: (one: T) => string): T | undefined =>
    [...list].filter((one) => around(at(one))).sort((a, b) => at(b).length - at(a).length)[0];
  const mount = innermost(mounts, ({ at }) => at);
  const volume = innermost(volumes, ({ target }) => target);
  if (mount === undefined || volume === undefined || mount.at !== volume.target) return false;
  if (volume.source === undefined) return mount.kind === "volume";
  return volume.type === "bind"
    ? mount.kind === "bind" && mount.source.replace(/\/$/, "") === volume.source.replace(/\/$/, "")
    : mount.source === volume.source || mount.source.endsWith(`_${volume.source}`);
}

/** Variables that the container has from the shell of its first start and a new one would not have. */
export function shellVariables(
  { environment }: ComposeService,
  env: Readonly<Record<string, Secret>>,
): readonly string[] {
  return [...environment]
    .filter(([name, { value, source }]) => {
      const running = env[name]?.reveal() ?? "";
      return source.from === "shell" && running !== "" && running !== value.reveal();
    })
    .map(([name]) => safeText(name, 100))
    .slice(0, 5);
}
