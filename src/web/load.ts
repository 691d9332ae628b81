import { decompress } from "fzstd";
import { denseBytes } from "./dense-text.ts";

/**
 * The page's program lies in it compressed, as the text of an element, so that the file stays small. It runs as a script
 * of the page, whose policy names this one script and that one by their hashes.
 */
const packed = document.getElementById("program");
const bytes = denseBytes(packed?.textContent ?? "");
const script = document.createElement("script");
script.textContent = new TextDecoder().decode(decompress(bytes));
packed?.replaceWith(script);
