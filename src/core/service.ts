/** What starts the gateway's process and starts it again, as its files and the kernel tell it. Names are safe to print. */
export interface ServiceReading {
  readonly by: "systemd" | "pm2" | "supervisord";
  /** A unit without `.service`; what pm2 or supervisord call it. */
  readonly name: string;
  /** A unit of a user's own manager. */
  readonly user?: boolean;
  /** Whose process it is: a name, or the number where the system has none. */
  readonly runsAs?: string;
  /** Whose the configuration is that OpenClaw's own command reads for the same port, where that is another user's. */
  readonly configOf?: string;
  /** When the process was started, ISO 8601. A start that the gateway makes within its process does not change it. */
  readonly startedAt?: string;
  /** It has a /tmp of its own: what it writes there is not in everybody's. */
  readonly privateTmp?: true;
  /** Whether the user's manager, and so the gateway, goes on after the last logout. */
  readonly lingers?: boolean;
  /** What was changed since the process was started, and would be otherwise at the next start. */
  readonly outdated?: readonly Outdated[];
}

export interface Outdated {
  /** The newest of the files that say so. */
  readonly path: string;
  /** ISO 8601. */
  readonly changedAt: string;
  /** Names of variables and options; never a value. */
  readonly what: readonly string[];
}
