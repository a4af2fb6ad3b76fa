/** Who asks, as far as files must know. */
export interface FileUser {
  readonly organisationId: string;
}

/**
 * Records of one kind that name files. The module that owns them registers this: who may read the record may read the file.
 * Method syntax: a module takes its own, narrower kind of user.
 */
export interface NamingRecords {
  readonly kind: string;
  /** Which of these records the user may read. */
  visible(by: FileUser, recordIds: readonly string[]): Promise<ReadonlySet<string>>;
}
