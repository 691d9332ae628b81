import type { FixReport } from "./fix-report.ts";
import type { Lang } from "./languages.ts";
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

/** A report, or the end of a fix, as text that ends with a line break. */
export interface Formatter {
  report(report: Report, look: Look): Promise<string>;
  /** `isShown`: the plan stands above, where the question was. */
  fix(report: FixReport, look: Look & { readonly isShown: boolean }): string;
}
