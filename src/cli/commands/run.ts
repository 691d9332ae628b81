/** Takes a command whose line was understood. It does no work: that begins when the whole line is parsed. */
export type Run<A> = (args: A) => void;
