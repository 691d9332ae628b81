export { createDigester, type Digester, type DigestOptions, digestLogs, type LogSource } from "./digest.ts";
export type { Line, Shape } from "./line.ts";
export { type Chunk, LineSplitter, MAX_LINE } from "./lines.ts";
export { type Mention, releaseMentions } from "./mentions.ts";
export { type Stripped, stripPrefixes } from "./prefix.ts";
export { createScanner, type Scanner, type ScanOptions, type ScanStats, scanLog } from "./scan.ts";
export { recognise, SHAPES } from "./shapes/index.ts";
