/** Does the work of a command whose line was understood. */
export type Run<A> = (args: A) => Promise<void>;
