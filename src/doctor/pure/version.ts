import manifest from "../../../package.json" with { type: "json" };

/** This tool's own version. */
export const VERSION: string = manifest.version;
