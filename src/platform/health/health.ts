import { Injectable } from '@nestjs/common';

export interface Indicator {
  readonly name: string;
  /** Resolves when all is well; throws with the reason when not. */
  check(): Promise<void>;
}

/** Each adapter brings its own indicator; the centre imports nobody. */
@Injectable()
export class Health {
  private readonly indicators: Indicator[] = [];

  register(indicator: Indicator): void {
    this.indicators.push(indicator);
  }

  async check(): Promise<{ ready: boolean; checks: Record<string, string> }> {
    const checks: Record<string, string> = {};
    let ready = true;
    for (const indicator of this.indicators) {
      try {
        await indicator.check();
        checks[indicator.name] = 'up';
      } catch {
        checks[indicator.name] = 'down';
        ready = false;
      }
    }
    return { ready, checks };
  }
}
