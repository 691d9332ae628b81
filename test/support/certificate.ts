import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export interface Made {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  readonly name: string;
  readonly secret: KeyObject;
}

export interface CertificateOptions {
  readonly name: string;
  /** Who signs it; itself unless given. */
  readonly by?: Made;
  readonly authority?: boolean;
  readonly hosts?: readonly string[];
  /** It ended so many days ago. */
  readonly endedDays?: number;
}

const DAY = 86_400_000;

/** An X.509 certificate with a key of its own (P-256), made without any program. */
export function certificate({ name, by, authority, hosts = [], endedDays }: CertificateOptions): Made {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const now = Date.now();
  const end = endedDays === undefined ? now + DAY : now - endedDays * DAY;
  const algorithm = sequence(oid("2a8648ce3d040302"));
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    nameOf(by?.name ?? name),
    sequence(time(end - 20 * DAY), time(end)),
    nameOf(name),
    publicKey.export({ type: "spki", format: "der" }),
    tagged(
      0xa3,
      sequence(
        extension("551d13", sequence(...(authority ? [tagged(0x01, Buffer.from([255]))] : []))),
        ...(hosts.length === 0 ? [] : [extension("551d11", sequence(...hosts.map(hostOf)))]),
      ),
    ),
  );
  const secret = by?.secret ?? privateKey;
  const signature = sign("sha256", body, secret);
  const whole = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    name,
    secret: privateKey,
  };
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const size = body.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, ...parts);
const integer = (value: Buffer): Buffer => tagged(0x02, value);
const oid = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, "hex"));
const extension = (hex: string, value: Buffer): Buffer => sequence(oid(hex), tagged(0x04, value));

function nameOf(name: string): Buffer {
  return sequence(tagged(0x31, sequence(oid("550403"), tagged(0x0c, Buffer.from(name)))));
}

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return tagged(0x17, Buffer.from(`${text}Z`));
}

/** Of a subject alternative name: an IPv4 address, else a DNS name. */
function hostOf(host: string): Buffer {
  const address = /^(?:\d{1,3}\.){3}\d{1,3}$/.test(host);
  return address ? tagged(0x87, Buffer.from(host.split(".").map(Number))) : tagged(0x82, Buffer.from(host));
}
