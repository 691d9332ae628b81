import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";

/** An Ed25519 key as the gateway knows it: the id is the SHA-256 of the raw public key, in hex. */
export interface DeviceIdentity {
  readonly id: string;
  /** Raw public key, base64url. */
  readonly publicKey: string;
  /** Signature of the payload, base64url. */
  sign(payload: string): string;
}

/** v1: no nonce, up to 2026.2.21. v2: every release. v3: platform and device family too, from 2026.2.26. */
export type SignatureForm = "v1" | "v2" | "v3";

/** What a device signs. */
export interface DeviceClaim {
  readonly deviceId: string;
  readonly clientId: string;
  readonly clientMode: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly signedAtMs: number;
  /** The shared or device token that the same `connect` carries; a password is not signed. */
  readonly token?: string;
  readonly nonce?: string;
  readonly platform?: string;
  readonly deviceFamily?: string;
}

/** DER of a PKCS #8 Ed25519 key up to its 32 byte seed, and of its SPKI up to the 32 byte public key (RFC 8410). */
const pkcs8Head = Buffer.from("302e020100300506032b657004220420", "hex");
const spkiHead = Buffer.from("302a300506032b6570032100", "hex");

/** A key that lives as long as the process remembers it; never written anywhere. */
export function createDeviceIdentity(): DeviceIdentity {
  return identityOf(generateKeyPairSync("ed25519").privateKey);
}

/** The same key for the same 32 bytes. For tests. */
export function deviceIdentityFromSeed(seed: Uint8Array): DeviceIdentity {
  return identityOf(
    createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: "der", type: "pkcs8" }),
  );
}

function identityOf(privateKey: KeyObject): DeviceIdentity {
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const raw = spki.subarray(spkiHead.length);
  return {
    id: createHash("sha256").update(raw).digest("hex"),
    publicKey: raw.toString("base64url"),
    sign: (payload) => sign(null, Buffer.from(payload, "utf8"), privateKey).toString("base64url"),
  };
}

/** The text that is signed: fields between bars. */
export function signaturePayload(form: SignatureForm, claim: DeviceClaim): string {
  const fields = [
    form,
    claim.deviceId,
    claim.clientId,
    claim.clientMode,
    claim.role,
    claim.scopes.join(","),
    String(claim.signedAtMs),
    claim.token ?? "",
  ];
  if (form !== "v1") fields.push(claim.nonce ?? "");
  if (form === "v3") fields.push(metadata(claim.platform), metadata(claim.deviceFamily));
  return fields.join("|");
}

/** v3 signs platform and family trimmed and lower-cased (ASCII only). */
function metadata(text: string | undefined): string {
  return (text ?? "").trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The id that belongs to a raw public key in base64url; `undefined` when it is not a 32 byte key. */
export function deviceIdOf(publicKey: string): string | undefined {
  const raw = rawKey(publicKey);
  return raw && createHash("sha256").update(raw).digest("hex");
}

/** Whether `signature` (base64url) is this key's signature of `payload`. False for malformed input. */
export function verifySignature(publicKey: string, payload: string, signature: string): boolean {
  const raw = rawKey(publicKey);
  if (!raw || signature.length > 200) return false;
  try {
    const key = createPublicKey({ key: Buffer.concat([spkiHead, raw]), format: "der", type: "spki" });
    return verify(null, Buffer.from(payload, "utf8"), key, Buffer.from(signature, "base64url"));
  } catch {
    return false;
  }
}

function rawKey(publicKey: string): Buffer | undefined {
  if (publicKey.length > 100) return undefined;
  const raw = Buffer.from(publicKey, "base64url");
  return raw.length === 32 ? raw : undefined;
}
