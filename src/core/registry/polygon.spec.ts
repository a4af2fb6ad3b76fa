import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../kernel/errors.js';
import { checkGeometry, POSITIONS_MAX } from './polygon.js';

const ring = [
  [106.5, 26.8],
  [106.6, 26.8],
  [106.6, 26.9],
  [106.5, 26.8],
];

describe('geometry', () => {
  it('takes a point, a polygon and several polygons', () => {
    for (const geometry of [
      { type: 'Point', coordinates: [106.5, 26.8] },
      { type: 'Polygon', coordinates: [ring] },
      { type: 'MultiPolygon', coordinates: [[ring], [ring]] },
    ]) {
      expect(() => checkGeometry(geometry)).not.toThrow();
    }
  });

  it.each([
    ['nothing', null],
    ['a line', { type: 'LineString', coordinates: ring }],
    ['swapped coordinates', { type: 'Point', coordinates: [26.8, 106.5] }],
    ['an open ring', { type: 'Polygon', coordinates: [ring.slice(0, 3)] }],
    ['a ring that does not close', { type: 'Polygon', coordinates: [[...ring.slice(0, 3), [0, 0]]] }],
    ['text for a number', { type: 'Point', coordinates: ['106.5', 26.8] }],
    ['a third number that is none', { type: 'Point', coordinates: [106.5, 26.8, 'high'] }],
    ['four numbers', { type: 'Point', coordinates: [106.5, 26.8, 1_200, 0] }],
    ['what is no part of a geometry', { type: 'Point', coordinates: [106.5, 26.8], note: 'behind the school' }],
    ['not a number', { type: 'Point', coordinates: [Number.NaN, 26.8] }],
  ])('refuses %s', (_, geometry) => {
    expect(() => checkGeometry(geometry)).toThrow(DomainError);
  });

  it('has a limit of positions', () => {
    const many = Array.from({ length: POSITIONS_MAX + 1 }, () => ring[0]);
    expect(() => checkGeometry({ type: 'Polygon', coordinates: [[...many, ring[0]]] })).toThrow(/more items/);
  });
});
