import type { Lang } from "../core/languages.ts";
import type { PagePlace } from "./place.ts";
import type { WebWords } from "./words/index.ts";

/** What a view is given of the page around it. */
export interface PageAround {
  readonly lang: Lang;
  readonly words: WebWords;
  readonly place: PagePlace;
  /** Says something aloud, and shows it. */
  say(text: string): void;
  /** The address from now on; the view stays as it is. */
  keep(place: PagePlace): void;
}
