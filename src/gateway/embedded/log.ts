import type { Traits } from "./traits.ts";

export interface LogSinks {
  /** A console line, as the gateway prints it without a terminal. */
  readonly onLog?: (line: string) => void;
  /** A line of the JSON log file. */
  readonly onFileLog?: (json: string) => void;
}

export type LogMeta = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes what the gateway of a release writes. */
export class GatewayLog {
  readonly #sinks: LogSinks;
  readonly #traits: Traits;
  readonly #now: () => number;

  constructor(sinks: LogSinks, traits: Traits, now: () => number) {
    this.#sinks = sinks;
    this.#traits = traits;
    this.#now = now;
  }

  info(subsystem: string, message: string): void {
    this.#write("INFO", subsystem, message);
  }

  warn(subsystem: string, message: string, meta?: LogMeta): void {
    this.#write("WARN", subsystem, message, meta);
  }

  #write(level: "INFO" | "WARN", subsystem: string, message: string, meta?: LogMeta): void {
    const at = new Date(this.#now()).toISOString();
    const time = this.#traits.localTime ? at.replace(/Z$/, "+00:00") : at;
    // The console calls it `ws`, the file `gateway/ws`.
    const short = subsystem.replace(/^gateway\//, "");
    const tail = meta !== undefined && this.#traits.logMeta ? ` ${metaText(meta)}` : "";
    this.#sinks.onLog?.(`${time} [${short}] ${message}${tail}`);
    this.#sinks.onFileLog?.(
      JSON.stringify({
        "0": JSON.stringify({ subsystem }),
        ...(meta === undefined ? { "1": message } : { "1": meta, "2": message }),
        _meta: {
          runtime: "node",
          hostname: "embedded",
          date: at,
          logLevelId: level === "WARN" ? 4 : 3,
          logLevelName: level,
          name: JSON.stringify({ subsystem }),
          parentNames: ["openclaw"],
        },
        time,
        ...(this.#traits.logMessageField ? { hostname: "embedded", message } : {}),
      }),
    );
  }
}

/** `key=value` pairs; a value with spaces in quotes. */
function metaText(meta: LogMeta): string {
  return Object.entries(meta)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => {
      const text = String(value);
      return `${key}=${/[\s"=]/.test(text) ? JSON.stringify(text) : text}`;
    })
    .join(" ");
}

/** Log fields come from clients: no line breaks, no controls, bounded. */
export function forLog(text: string | undefined, max = 300): string {
  if (text === undefined || text === "") return "n/a";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not reach the log
  return text.slice(0, max).replace(/[\u0000-\u001f\u007f]+/g, " ");
}
