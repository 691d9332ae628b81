/** How somebody hands in what was not there; data, as each way of asking has its own. */
export interface Provide {
  readonly log: string;
  readonly config: string;
  readonly either: string;
}

export const BY_OPTION: Provide = {
  log: "--log FILE",
  config: "--config PATH",
  either: "--config PATH or --log FILE",
};

const FILES = "pairing-doctor triage FILE…";
/** Of `triage`, which has no option for a file: whatever there is is named beside what was handed in. */
export const BY_FILE: Provide = { log: FILES, config: FILES, either: FILES };
