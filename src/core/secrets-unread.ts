/**
 * A file that holds secrets is longer than is read, so that nobody knows them: nothing may be shown then in which they
 * may stand again. An error and no value, so that no way on leads past it; a look at a gateway ends with it.
 */
export class SecretsUnread extends Error {
  override readonly name = "SecretsUnread";
  readonly path: string;
  readonly most: number;

  /** `most`: bytes that are read. */
  constructor(path: string, most: number) {
    super(`${path}: longer than the ${most} bytes that are read, so that its secrets are not known`);
    this.path = path;
    this.most = most;
  }
}
