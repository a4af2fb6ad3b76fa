import { Injectable } from '@nestjs/common';

/** The time, as a thing that is passed: tests set it, the core never asks for it. */
@Injectable()
export class Clock {
  nowMs(): number {
    return Date.now();
  }
}
