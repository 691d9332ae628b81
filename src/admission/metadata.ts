import type { Connection } from "../core/connection.ts";
import type { Attempt } from "./attempt.ts";

/**
 * Whether a paired client says another platform or device family than its approval holds it to. Where the values are
 * not known, the input says that one changed, and only the apps' new system versions are told apart.
 */
export function isMetadataChanged({ rules, connection }: Attempt): boolean {
  const { device } = connection;
  const { pairing } = rules;
  if (!pairing.metadataPinned) return false;
  if (device.pinned === undefined) {
    const refreshed =
      device.metadataChanged === "platform" && pairing.versionRefresh.includes(connection.client.id);
    return device.metadataChanged !== undefined && !refreshed;
  }
  const pinned = { platform: words(device.pinned.platform), family: words(device.pinned.deviceFamily) };
  const said = saidBy(connection.client, pairing.nodeHostNames);
  const familyChanged = pinned.family !== "" && said.family !== pinned.family;
  return familyChanged || isPlatformChanged(connection.client, pinned, said, pairing);
}

interface Said {
  readonly platform: string;
  readonly family: string;
}

/** All releases compare without case and blanks around. */
function words(text: string | undefined): string {
  return (text ?? "").trim().toLowerCase();
}

const DESKTOP: Readonly<Record<string, Said>> = {
  darwin: { platform: "macos", family: "mac" },
  macos: { platform: "macos", family: "mac" },
  linux: { platform: "linux", family: "linux" },
  win32: { platform: "windows", family: "windows" },
  windows: { platform: "windows", family: "windows" },
};

/** What a node host says, its older words for the same system put into the newer (2026.7.x on). */
function saidBy({ id, mode, platform, deviceFamily }: Connection["client"], nodeHostNames: boolean): Said {
  const said = { platform: words(platform), family: words(deviceFamily) };
  const desktop = DESKTOP[(platform ?? "").trim()];
  if (!nodeHostNames || id !== "node-host" || mode !== "node" || desktop === undefined) return said;
  return said.family === "" || said.family === desktop.family ? desktop : said;
}

type Rules = Attempt["rules"]["pairing"];

function isPlatformChanged(client: Connection["client"], pinned: Said, said: Said, rules: Rules): boolean {
  if (pinned.platform === "" || said.platform === pinned.platform) return false;
  if (isSameRuntime(client, pinned, said, rules)) return false;
  return !isNewVersion(client.id, pinned.platform, said.platform, rules);
}

/** Node's word for a system and the newer one. */
function runtimeOf(platform: string): string {
  return platform === "darwin" ? "macos" : platform === "win32" ? "windows" : platform;
}

const MACOS_VERSION = /^macos \d+(?:\.\d+){0,2}$/;

function isSameRuntime({ id, mode }: Connection["client"], pinned: Said, said: Said, rules: Rules): boolean {
  const runtime = runtimeOf(pinned.platform);
  const now = runtimeOf(said.platform);
  if (id === "node-host" && mode === "node") {
    if (rules.nodeHostWords && now !== "" && now === runtime) return true;
    // The Mac app's node was paired as the app.
    if (rules.nodeHostNames && now === "macos" && MACOS_VERSION.test(pinned.platform)) return true;
  }
  if (!rules.runtimeNames) return false;
  const isRenamed = runtime !== pinned.platform && said.platform === runtime;
  return pinned.family === "" && isRenamed && said.family === (DESKTOP[runtime]?.family ?? "");
}

/** The system that an app runs on, whatever its version. */
function systemOf(id: string, platform: string): string | undefined {
  switch (id) {
    case "openclaw-ios":
      return /^(?:ios|ipados)(?:\s|$)/.test(platform) ? "ios" : undefined;
    case "openclaw-android":
      return /^android(?:\s|$)/.test(platform) ? "android" : undefined;
    case "openclaw-watchos":
      return /^watchos \d+(?:\.\d+){0,2}$/.test(platform) ? "watchos" : undefined;
    case "openclaw-macos":
      return MACOS_VERSION.test(platform) ? "macos" : undefined;
    default:
      return undefined;
  }
}

function isNewVersion(id: string, pinned: string, said: string, { versionRefresh }: Rules): boolean {
  if (!versionRefresh.includes(id)) return false;
  const system = systemOf(id, said);
  if (system === undefined) return false;
  if (system === systemOf(id, pinned)) return true;
  return system === "macos" && (pinned === "darwin" || pinned === "macos");
}
