import { parseGatewayUrl } from "../gateway/url.ts";
import { UsageError } from "./usage-error.ts";

export type ChosenTarget =
  /** Nothing was said: what this machine shows. */
  { readonly kind: "found" } | { readonly kind: "local" } | { readonly kind: "url"; readonly url: string };

const LATER = /^(?:docker|compose|k8s|ssh):/;

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
  if (LATER.test(text)) {
    const kind = text.slice(0, text.indexOf(":"));
    throw new UsageError(
      `--target ${kind}:…`,
      "this version does not read inside containers, clusters or other hosts by itself",
      "name the address (--target ws://127.0.0.1:18789), say the kind (--deployment docker|kubernetes|vps) and hand in the log (--log FILE)",
    );
  }
  throw new UsageError("--target", "that is no target", "give local, ws://HOST:PORT or wss://HOST");
}
