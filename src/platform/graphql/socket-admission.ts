/**
 * Who may hold a socket open. The platform knows no keys: whoever does (the module of identities) registers here what tells a good one. Asked
 * when a connection is made, and again and again while it lasts, so that a key that is taken back closes what it opened.
 */
export class SocketAdmission {
  private check: (authorization: string) => Promise<boolean> = () => Promise.resolve(false);

  register(check: (authorization: string) => Promise<boolean>): void {
    this.check = check;
  }

  async admits(authorization: string | null): Promise<boolean> {
    return authorization !== null && (await this.check(authorization));
  }
}
