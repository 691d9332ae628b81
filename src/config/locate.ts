/** Where a config and its state may be, most likely first. */
export interface ConfigLocation {
  readonly configPath: string;
  readonly stateDir: string;
  readonly profile?: string;
  /** Config files in the order in which OpenClaw looks; the first that exists is read. */
  readonly candidates: readonly ConfigCandidate[];
}

export interface ConfigCandidate {
  readonly configPath: string;
  readonly stateDir: string;
  /** `OPENCLAW_CONFIG_PATH`, `--profile`, `default`, `legacy` … */
  readonly because: string;
}

export interface LocateInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homedir: string;
  /** `--profile`; OPENCLAW_PROFILE counts when it is absent. */
  readonly profile?: string;
  readonly platform: string;
  /** For relative paths. */
  readonly cwd?: string;
  /** Further home directories to look into: a container's `/home/node` while HOME is `/root`. */
  readonly extraHomes?: readonly string[];
}

const CONFIG_NAME = "openclaw.json";
/** Names of the project's earlier lives; .moltbot and .moldbot up to 2026.3.13, .clawdbot still in 2026.9.6. */
const LEGACY = [
  { dir: ".clawdbot", file: "clawdbot.json" },
  { dir: ".moltbot", file: "moltbot.json" },
  { dir: ".moldbot", file: "moldbot.json" },
] as const;

/**
 * Where OpenClaw would look with this environment (shipped code of 2026.2.1, 2026.3.13, 2026.5.28, 2026.9.6):
 * OPENCLAW_CONFIG_PATH, else OPENCLAW_STATE_DIR, else the profile's directory, else `.openclaw` or an older name
 * in OPENCLAW_HOME or the home directory. Whether files exist is for the caller to see.
 */
export function locateConfig(input: LocateInput): ConfigLocation {
  const paths = pathsOf(input);
  const read = (name: string): string | undefined => input.env[name]?.trim() || undefined;
  // The CLAWDBOT_ names count up to 2026.3.13 only; as the last choice they do no harm later.
  const stateOverride = read("OPENCLAW_STATE_DIR") ?? read("CLAWDBOT_STATE_DIR");
  const configOverride = read("OPENCLAW_CONFIG_PATH") ?? read("CLAWDBOT_CONFIG_PATH");
  const profile = profileName(input.profile ?? read("OPENCLAW_PROFILE"));
  const home = paths.home;
  const ownDir = paths.join(home, profile === undefined ? ".openclaw" : `.openclaw-${profile}`);
  const stateDir = stateOverride === undefined ? ownDir : paths.resolve(stateOverride);

  const candidates: ConfigCandidate[] = [];
  const add = (configPath: string, dir: string, because: string): void => {
    if (!candidates.some((candidate) => candidate.configPath === configPath))
      candidates.push({ configPath, stateDir: dir, because });
  };
  if (configOverride !== undefined) {
    add(paths.resolve(configOverride), stateDir, "OPENCLAW_CONFIG_PATH");
  } else {
    const all = (dir: string, because: string): void => {
      add(paths.join(dir, CONFIG_NAME), dir, because);
      for (const legacy of LEGACY) add(paths.join(dir, legacy.file), dir, `${because}, earlier name`);
    };
    if (stateOverride !== undefined) all(stateDir, "OPENCLAW_STATE_DIR");
    else if (profile !== undefined)
      all(ownDir, input.profile === undefined ? "OPENCLAW_PROFILE" : "--profile");
    // A profile that was asked for by name is never replaced by the default one.
    if (stateOverride === undefined && (profile === undefined || input.profile === undefined)) {
      for (const each of [home, ...(input.extraHomes ?? [])]) {
        const dir = paths.join(each, ".openclaw");
        add(paths.join(dir, CONFIG_NAME), dir, each === home ? "default" : "another home directory");
        for (const legacy of LEGACY) {
          const legacyDir = paths.join(each, legacy.dir);
          add(paths.join(legacyDir, CONFIG_NAME), legacyDir, "directory of an earlier name");
          add(paths.join(legacyDir, legacy.file), legacyDir, "directory of an earlier name");
        }
      }
    }
  }
  const first = candidates[0];
  return {
    configPath: first?.configPath ?? paths.join(stateDir, CONFIG_NAME),
    stateDir,
    ...(profile === undefined ? {} : { profile }),
    candidates,
  };
}

/** A profile as OpenClaw takes it (letters, digits, `_`, `-`); `default` is none. */
export function profileName(profile: string | undefined): string | undefined {
  const trimmed = profile?.trim();
  if (trimmed === undefined || trimmed.toLowerCase() === "default") return undefined;
  return /^[A-Za-z0-9_-]{1,64}$/.test(trimmed) ? trimmed : undefined;
}

interface Paths {
  readonly home: string;
  join(directory: string, name: string): string;
  resolve(path: string): string;
}

function pathsOf(input: LocateInput): Paths {
  const windows = input.platform === "win32";
  const separator = windows ? "\\" : "/";
  const join = (directory: string, name: string): string =>
    directory.endsWith("/") || (windows && directory.endsWith("\\"))
      ? `${directory}${name}`
      : `${directory}${separator}${name}`;
  const absolute = (path: string): boolean =>
    windows ? /^(?:[A-Za-z]:[\\/]|[\\/])/.test(path) : path.startsWith("/");
  const tilde = (path: string, home: string): string => {
    if (path === "~") return home;
    if (path.startsWith("~/") || path.startsWith("~\\")) return join(home, path.slice(2));
    return path;
  };
  // OPENCLAW_HOME since 2026.2.9.
  const ownHome = input.env.OPENCLAW_HOME?.trim();
  const home =
    ownHome !== undefined && ownHome !== "" && ownHome !== "undefined" && ownHome !== "null"
      ? tilde(ownHome, input.homedir)
      : input.homedir;
  return {
    home,
    join,
    resolve: (path) => {
      const expanded = tilde(path.trim(), home);
      return absolute(expanded) || input.cwd === undefined ? expanded : join(input.cwd, expanded);
    },
  };
}
