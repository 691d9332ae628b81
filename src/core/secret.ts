import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/**
 * A value that cannot be printed. Every way of turning it into text gives its fingerprint; equal secrets
 * have equal fingerprints within one run, so "not the token that the config has" can be seen.
 */
export class Secret {
  readonly #value: string;
  readonly fingerprint: string;

  /** `salt`: random, one for each run; without it a fingerprint could be looked up. */
  constructor(value: string, salt: string) {
    this.#value = value;
    this.fingerprint = fingerprintOf(value, salt);
  }

  /** The only way to the value: for the one place that puts it on the wire. */
  reveal(): string {
    return this.#value;
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return this.fingerprint;
  }

  toJSON(): string {
    return this.fingerprint;
  }

  get [Symbol.toStringTag](): string {
    return this.fingerprint;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.fingerprint;
  }
}

/** `<secret 3f9a1c>`: the first 24 bits of HMAC-SHA-256(salt, value). */
export function fingerprintOf(value: string, salt: string): string {
  return `<secret ${bytesToHex(hmac(sha256, utf8ToBytes(salt), utf8ToBytes(value))).slice(0, 6)}>`;
}
