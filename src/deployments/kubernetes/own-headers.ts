/**
 * Stands in the bundle for `node-fetch`, of which the cluster's client keeps the headers alone: with it came the tables of
 * all international domain names, 440 kB that were read before the first question.
 */
export const Headers = globalThis.Headers;
/** Named by parts of the client that stay out. */
export const [AbortError, FetchError] = [Error, Error];
export default undefined;
