import { parseGatewayUrl } from "../gateway/url.ts";
import { UsageError } from "./usage-error.ts";

export type ChosenTarget =
  /** Nothing was said: what this machine shows. */
  | { readonly kind: "found" }
  | { readonly kind: "local" }
  | { readonly kind: "url"; readonly url: string }
  /** A container by its name or id, or by its Compose service (`SERVICE`, `PROJECT/SERVICE`). */
  | { readonly kind: "docker"; readonly by: "container" | "service"; readonly name: string };

const LATER = /^(?:k8s|ssh):/;

/** What engines and Compose take as names, and what cannot be an option or a path of the engine's API. */
const CONTAINER = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/;
const SERVICE = /^(?:[a-z0-9][a-z0-9_-]{0,100}\/)?[A-Za-z0-9][A-Za-z0-9_.-]{0,100}$/;

/** @throws {UsageError} a form that is not known, or one that cannot be read from here. */
export function parseTarget(text: string | undefined): ChosenTarget {
  if (text === undefined) return { kind: "found" };
  if (text === "local") return { kind: "local" };
  if (/^(?:wss?|https?):\/\//i.test(text)) {
    try {
      return { kind: "url", url: parseGatewayUrl(text).ws };
    } catch {
      throw new UsageError(
        "--target",
        "that is no address of a gateway",
        "for example --target ws://127.0.0.1:18789",
      );
    }
  }
  const contained = /^(docker|compose):(.{0,400})$/.exec(text);
  if (contained !== null) {
    const by = contained[1] === "docker" ? "container" : "service";
    const name = contained[2] ?? "";
    const fits = by === "container" ? CONTAINER.test(name) : SERVICE.test(name);
    if (fits) return { kind: "docker", by, name };
    throw new UsageError(
      `--target ${contained[1]}:…`,
      by === "container" ? "that is no name of a container" : "that is no name of a Compose service",
      by === "container"
        ? "for example --target docker:openclaw"
        : "for example --target compose:openclaw-gateway",
    );
  }
  if (LATER.test(text)) {
    const kind = text.slice(0, text.indexOf(":"));
    throw new UsageError(
      `--target ${kind}:…`,
      "this version does not read inside clusters or other hosts by itself",
      "name the address (--target ws://127.0.0.1:18789), say the kind (--deployment kubernetes|vps) and hand in the log (--log FILE)",
    );
  }
  throw new UsageError(
    "--target",
    "that is no target",
    "give local, ws://HOST:PORT, wss://HOST, docker:CONTAINER or compose:SERVICE",
  );
}
