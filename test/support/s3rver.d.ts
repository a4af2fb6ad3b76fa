declare module '@20minutes/s3rver' {
  // eslint-disable-next-line no-restricted-syntax -- the package is not ours
  export default class S3rver {
    constructor(options: Readonly<Record<string, unknown>>);
    run(): Promise<{ readonly port: number }>;
    close(): Promise<void>;
  }
}
