import { randomBytes, randomUUID } from "node:crypto";

export interface PendingEntry {
  readonly requestId: string;
  readonly deviceId: string;
  readonly publicKey: string;
  readonly platform?: string;
  readonly deviceFamily?: string;
  readonly clientId: string;
  readonly clientMode: string;
  readonly role: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly remoteIp?: string;
  readonly silent: boolean;
  readonly isRepair: boolean;
  readonly ts: number;
}

export interface PairedEntry {
  readonly deviceId: string;
  readonly publicKey: string;
  readonly platform?: string;
  readonly deviceFamily?: string;
  readonly clientId: string;
  readonly clientMode: string;
  readonly role: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly createdAtMs: number;
  readonly approvedAtMs: number;
}

/** The device that asks. */
export type Applicant = Omit<PendingEntry, "requestId" | "ts" | "isRepair" | "roles" | "silent">;

/** Pending and paired devices, in memory. */
export class DeviceBook {
  readonly #pending = new Map<string, PendingEntry>();
  readonly #paired = new Map<string, PairedEntry>();
  readonly #tokens = new Map<string, string>();
  readonly #revoked = new Set<string>();
  readonly #now: () => number;
  readonly #lifetimeMs: number;

  /** `lifetimeMs`: 5 minutes in every release. */
  constructor(now: () => number = Date.now, lifetimeMs = 5 * 60_000) {
    this.#now = now;
    this.#lifetimeMs = lifetimeMs;
  }

  list(): { readonly pending: readonly PendingEntry[]; readonly paired: readonly PairedEntry[] } {
    this.#expire();
    // Newest first, as the gateway lists them.
    return { pending: [...this.#pending.values()].reverse(), paired: [...this.#paired.values()] };
  }

  pendingOf(deviceId: string): PendingEntry | undefined {
    this.#expire();
    return [...this.#pending.values()].find((entry) => entry.deviceId === deviceId);
  }

  pairedOf(deviceId: string): PairedEntry | undefined {
    return this.#paired.get(deviceId);
  }

  /** Puts a request down; one device has one request while it lives. */
  request(applicant: Applicant): PendingEntry {
    const existing = this.pendingOf(applicant.deviceId);
    const entry: PendingEntry = {
      requestId: existing?.requestId ?? randomUUID(),
      ...applicant,
      roles: [applicant.role],
      silent: false,
      isRepair: this.#paired.has(applicant.deviceId),
      ts: existing?.ts ?? this.#now(),
    };
    this.#pending.set(entry.requestId, entry);
    return entry;
  }

  /** `undefined` for an unknown or expired id. */
  approve(requestId: string): PairedEntry | undefined {
    this.#expire();
    const entry = this.#pending.get(requestId);
    if (!entry) return undefined;
    this.#pending.delete(requestId);
    return this.pair(entry);
  }

  reject(requestId: string): PendingEntry | undefined {
    this.#expire();
    const entry = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    return entry;
  }

  pair(applicant: Applicant): PairedEntry {
    const before = this.#paired.get(applicant.deviceId);
    const entry: PairedEntry = {
      deviceId: applicant.deviceId,
      publicKey: applicant.publicKey,
      ...(applicant.platform === undefined ? {} : { platform: applicant.platform }),
      ...(applicant.deviceFamily === undefined ? {} : { deviceFamily: applicant.deviceFamily }),
      clientId: applicant.clientId,
      clientMode: applicant.clientMode,
      role: before?.role ?? applicant.role,
      roles: [...new Set([...(before?.roles ?? []), applicant.role])],
      scopes: [...new Set([...(before?.scopes ?? []), ...applicant.scopes])],
      createdAtMs: before?.createdAtMs ?? this.#now(),
      approvedAtMs: this.#now(),
    };
    this.#paired.set(entry.deviceId, entry);
    this.#revoked.delete(entry.deviceId);
    return entry;
  }

  remove(deviceId: string): boolean {
    this.#tokens.delete(deviceId);
    return this.#paired.delete(deviceId);
  }

  /** The token that a paired device may use in place of the shared one. */
  tokenOf(deviceId: string, hex: boolean): string {
    const token =
      this.#tokens.get(deviceId) ??
      (hex ? randomBytes(16).toString("hex") : randomBytes(32).toString("base64url"));
    this.#tokens.set(deviceId, token);
    return token;
  }

  holdsToken(deviceId: string, token: string): boolean {
    return this.#tokens.get(deviceId) === token;
  }

  revoke(deviceId: string): boolean {
    this.#revoked.add(deviceId);
    return this.#tokens.delete(deviceId);
  }

  /** Its token was taken away since its last approval. */
  isRevoked(deviceId: string): boolean {
    return this.#revoked.has(deviceId);
  }

  #expire(): void {
    const oldest = this.#now() - this.#lifetimeMs;
    for (const entry of this.#pending.values()) if (entry.ts <= oldest) this.#pending.delete(entry.requestId);
  }
}
