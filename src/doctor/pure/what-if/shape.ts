import { closest } from "../../../core/closest.ts";
import type {
  AdmissionInput,
  Connection,
  ConnectionClient,
  ConnectionDevice,
  SentCredentials,
} from "../../../core/connection.ts";
import { isObject } from "../../../core/json.ts";
import { type Saying, say } from "../../../core/saying.ts";
import { safeText } from "../../../core/text.ts";

/** What may stand at a key: a kind of value, a few words, or an object of keys of its own. */
type Shape = "any" | "object" | "text" | "number" | "boolean" | "texts" | "text-map" | Words | Keys;
type Words = readonly string[];
interface Keys {
  readonly [key: string]: Shape;
}

/** One shape for each key of T: a key that the type gets and this does not, and the other way round, does not compile. */
type ShapeOf<T> = { readonly [K in keyof Required<T>]: Shape };

const CREDENTIALS = [
  "gateway-token",
  "padded-gateway-token",
  "gateway-password",
  "wrong",
  "device-token",
  "rotated-device-token",
  "revoked-device-token",
  "device-token-of-another-device",
  "device-token-of-another-role",
  "setup-code",
] as const;

const CLIENT = {
  id: "text",
  mode: "text",
  platform: "text",
  deviceFamily: "text",
} as const satisfies ShapeOf<ConnectionClient>;

const SENDS = {
  token: CREDENTIALS,
  password: CREDENTIALS,
  deviceToken: CREDENTIALS,
  bootstrapToken: CREDENTIALS,
} as const satisfies ShapeOf<SentCredentials>;

const DEVICE = {
  state: ["absent", "unpaired", "pending", "paired"],
  approvedScopes: "texts",
  approvedRole: "text",
  tokenRevoked: "boolean",
  pendingUpgrade: "boolean",
  pinned: { platform: "text", deviceFamily: "text" },
  metadataChanged: ["platform", "deviceFamily"],
  clockSkewMs: "number",
  nonce: ["wrong", "missing", "blank"],
  signature: ["v1", "v2", "v3", "invalid"],
  id: ["not-derived-from-key"],
} as const satisfies ShapeOf<ConnectionDevice>;

const CONNECTION = {
  remoteAddress: "text",
  headers: "text-map",
  client: CLIENT,
  role: "text",
  scopes: "texts",
  auth: ["valid", "wrong", "missing", "password-instead-of-token"],
  sends: SENDS,
  device: DEVICE,
  protocol: { min: "number", max: "number" },
  fromGatewayHost: "boolean",
  uiBuild: "text",
  caps: "texts",
  earlierFailures: "number",
  listener: ["ordinary", "tailscale"],
  tailscaleUser: ["same", "other", "unknown"],
} as const satisfies ShapeOf<Connection>;

/** What a question consists of. */
const QUESTION = {
  release: "any",
  config: "object",
  connection: CONNECTION,
  start: ["first", "later"],
} as const satisfies ShapeOf<AdmissionInput>;

/** An observed connection (fixtures/admissions) has these besides, which ask nothing. */
const OBSERVED = { case: "any", outcome: "any" } as const satisfies Keys;

/** What is wrong in an input, and what to do about it where more than the shape can be said. */
export interface Misfit {
  readonly why: Saying;
  readonly todo: Saying;
}

/**
 * The first key of an input that no question has, or the first value that cannot stand where it stands. Both would else
 * be filled with the usual ones, and the answer be about another connection.
 */
export function misfitOf(input: Readonly<Record<string, unknown>>): Misfit | undefined {
  return misfitIn(input, { ...QUESTION, ...OBSERVED }, []);
}

function misfitIn(
  value: Readonly<Record<string, unknown>>,
  keys: Keys,
  path: readonly string[],
): Misfit | undefined {
  for (const [name, child] of Object.entries(value)) {
    const here = [...path, name];
    const shape = Object.hasOwn(keys, name) ? keys[name] : undefined;
    const misfit = shape === undefined ? unknownKey(here, Object.keys(keys)) : misfitAt(child, shape, here);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

function unknownKey(path: readonly string[], names: readonly string[]): Misfit {
  const near = closest(path.at(-1) ?? "", names);
  const above = path.slice(0, -1);
  const choices = names.filter((name) => above.length > 0 || !Object.hasOwn(OBSERVED, name));
  return {
    why: say("no-such-key", { key: shownPath(path) }),
    todo:
      near === undefined
        ? say("give-one-of", { choices: quotedWords(choices) })
        : say("did-you-mean", { detail: [...above, near].join(".") }),
  };
}

function misfitAt(value: unknown, shape: Shape, path: readonly string[]): Misfit | undefined {
  const wrong = (todo: Saying): Misfit => ({
    why: say("value-does-not-fit", { key: shownPath(path) }),
    todo,
  });
  if (shape === "any") return undefined;
  if (typeof shape === "object") {
    if (isWords(shape)) {
      if (typeof value === "string" && shape.includes(value)) return undefined;
      const key = shownPath(path);
      const shown = safeText(JSON.stringify(value) ?? "missing", 60);
      return {
        why: say("not-one-of", { key, value: shown, choices: quotedWords(shape) }),
        todo: say("for-example", { example: `"${path.at(-1)}": "${shape[0]}"` }),
      };
    }
    return isObject(value) ? misfitIn(value, shape, path) : wrong(say("belongs-object"));
  }
  return FITS[shape](value) ? undefined : wrong(BELONGS[shape]());
}

/** As the command line's own choices are said. */
export function quotedWords(words: Words): string {
  return words.map((word) => JSON.stringify(word)).join(", ");
}

function isWords(shape: Words | Keys): shape is Words {
  return Array.isArray(shape);
}

const isText = (value: unknown): value is string => typeof value === "string";

const FITS = {
  object: (value: unknown) => isObject(value),
  text: isText,
  number: (value: unknown) => typeof value === "number" && Number.isFinite(value),
  boolean: (value: unknown) => typeof value === "boolean",
  texts: (value: unknown) => Array.isArray(value) && value.every(isText),
  "text-map": (value: unknown) => isObject(value) && Object.values(value).every(isText),
} as const;

const BELONGS: Readonly<Record<keyof typeof FITS, () => Saying>> = {
  object: () => say("belongs-object"),
  text: () => say("belongs-text"),
  number: () => say("belongs-number"),
  boolean: () => say("belongs-boolean"),
  texts: () => say("belongs-texts"),
  "text-map": () => say("belongs-text-map"),
};

function shownPath(path: readonly string[]): string {
  return safeText(path.join("."), 120);
}
