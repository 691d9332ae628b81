import type { Lang } from "../core/languages.ts";
import type { FixReport } from "./fix-report.ts";
import type { Report } from "./result.ts";

/** How a text is to look. Whether it goes to a terminal was weighed by the caller. */
export interface Look {
  readonly lang: Lang;
  readonly verbose: boolean;
  readonly width: number;
  readonly unicode: boolean;
  readonly color: boolean;
  /** Whether to draw the headline's box. */
  readonly box: boolean;
}

/** A text of lines, or a JSON document: what must not be in either is taken out where it is written. */
export type Made = { readonly page: string } | { readonly document: unknown };

/** A report, or the end of a fix. */
export interface Formatter {
  report(report: Report, look: Look): Promise<Made>;
  /** `isShown`: the plan stands above, where the question was. */
  fix(report: FixReport, look: Look & { readonly isShown: boolean }): Made;
}
