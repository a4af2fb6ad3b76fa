import type { Environment } from './environment.js';

/** The environment as the running process sees it: ports that were 0 are known only after listening. */
export class Settings {
  private url: string | null;

  constructor(readonly environment: Environment) {
    this.url = environment.publicUrl;
  }

  /** Without trailing slash. */
  get publicUrl(): string {
    return this.url ?? `http://localhost:${String(this.environment.port)}`;
  }

  /** Told by main.ts once the port is bound; a PUBLIC_URL of the operator stands. */
  listensOn(port: number): void {
    this.url = this.environment.publicUrl ?? `http://localhost:${String(port)}`;
  }
}
