/** The gateway in its Compose project. Paths are of this machine, and absolute. */
export interface ComposeReading {
  /** As they are merged. */
  readonly files: readonly string[];
  readonly service: string;
  /** Files that have the gateway's service. */
  readonly definedIn: readonly string[];
  /** The env file that the project's variables come from, whether it is there or not. */
  readonly dotenv?: string;
  readonly ports: readonly {
    /** `0.0.0.0` for all of them. */
    readonly address: string;
    /** Absent: a free one is taken. */
    readonly port?: number;
    readonly to: number;
    readonly at: ComposePlace;
  }[];
  /** The last `--bind` of its command. */
  readonly bind?: { readonly value: string; readonly at: ComposePlace };
  /** Where `OPENCLAW_GATEWAY_TOKEN` of its environment comes from, and the password's variable. */
  readonly token?: ComposeSecret;
  readonly password?: ComposeSecret;
  readonly cli?: {
    readonly service: string;
    readonly networkMode?: string;
    /** Where that is said; else the first file that has the service. */
    readonly at: ComposePlace;
  };
}

export interface ComposePlace {
  readonly path: string;
  /** From 1. */
  readonly line?: number;
}

export interface ComposeSecret extends ComposePlace {
  /** Literally in the Compose file; a file of `env_file`; the project's `.env`; where Compose was started. */
  readonly from: "compose-file" | "env-file" | "dotenv" | "shell";
  /** Its name at that place. */
  readonly variable: string;
  readonly fingerprint: string;
  /** The container runs with this value; `false`: it was made before the files said so. */
  readonly isRunning: boolean;
}
