/** Where a gateway listens unless something says otherwise, in every release. */
export const DEFAULT_PORT = 18_789;
