/**
 * Shapes on the ground (RFC 7946, WGS 84: longitude first). Only what can be told without a map is checked: the form, the ranges, that rings
 * close and have an area to enclose. Swapped coordinates of Guizhou (26, 106) fail the latitude range and so are found.
 */
import { DomainError } from '../kernel/errors.js';

export const POSITIONS_MAX = 10_000;
const ALTITUDE_M_MAX = 10_000;

/** The geometry, as it came. Throws BAD_INPUT with what is wrong. Point, Polygon and MultiPolygon are shapes of plots and facilities. */
export function checkGeometry(geometry: unknown): object {
  const { type, coordinates, ...others } = (geometry ?? {}) as { type?: unknown; coordinates?: unknown };
  if (Object.keys(others).length > 0) throw refused('type and coordinates only');
  const budget = { positions: POSITIONS_MAX };
  if (type === 'Point') checkPosition(coordinates, budget);
  else if (type === 'Polygon') checkPolygon(coordinates, budget);
  else if (type === 'MultiPolygon') for (const polygon of list(coordinates)) checkPolygon(polygon, budget);
  else throw refused('a Point, Polygon or MultiPolygon');
  return geometry as object;
}

function checkPolygon(rings: unknown, budget: { positions: number }): void {
  for (const ring of list(rings)) {
    const positions = list(ring);
    for (const position of positions) checkPosition(position, budget);
    const [first, last] = [positions[0], positions.at(-1)];
    if (positions.length < 4 || JSON.stringify(first) !== JSON.stringify(last))
      throw refused('rings of at least four positions that close');
  }
}

function checkPosition(position: unknown, budget: { positions: number }): void {
  budget.positions -= 1;
  if (budget.positions < 0) throw new DomainError('TOO_MANY_ITEMS', { positionsMax: POSITIONS_MAX }, ['geometry']);
  const [longitude, latitude, altitude = 0, ...others] = list(position);
  const within = (value: unknown, limit: number): boolean =>
    typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= limit;
  if (!within(longitude, 180) || !within(latitude, 90) || !within(altitude, ALTITUDE_M_MAX) || others.length > 0)
    throw refused('positions [longitude, latitude] in degrees, perhaps with metres above the ellipsoid');
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw refused('coordinates');
  return value as unknown[];
}

function refused(expected: string): DomainError {
  return new DomainError('BAD_INPUT', { expected }, ['geometry']);
}
