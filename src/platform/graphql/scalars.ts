import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql';
import { parseDecimal } from '../../core/kernel/decimal.js';
import { DomainError } from '../../core/kernel/errors.js';
import { parseUuid } from '../../core/kernel/ids.js';
import { parseDay, parseInstant } from '../../core/kernel/instant.js';

export const TEXT_LENGTH_MAX = 4_096;

/** A scalar that travels as a string and is checked on its way in; it stays a string inside, so that nothing is lost. */
function textScalar(name: string, description: string, read: (text: string) => string): GraphQLScalarType<string, string> {
  const parse = (value: unknown): string => {
    if (typeof value !== 'string' || value.length > TEXT_LENGTH_MAX) {
      throw new GraphQLError(`${name} is a string.`, { extensions: { code: 'BAD_INPUT' } });
    }
    try {
      return read(value);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new GraphQLError(`${name}: ${error.message}`, { extensions: { code: error.code, detail: error.detail } });
    }
  };
  return new GraphQLScalarType<string, string>({
    name,
    description,
    serialize: (value) => (value instanceof Date ? value.toISOString() : String(value)),
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT ? node.value : null),
  });
}

export const DateTimeScalar = textScalar('DateTime', 'RFC 3339 with offset.', (text) => {
  parseInstant(text);
  return text;
});
export const DateScalar = textScalar('Date', 'A calendar day, ISO 8601: "2026-05-26".', parseDay);
export const UuidScalar = textScalar('UUID', 'RFC 9562, lower case.', parseUuid);
export const DecimalScalar = textScalar('Decimal', 'An exact decimal, as a string: "12.500".', (text) => {
  parseDecimal(text);
  return text;
});
export const FileRefScalar = textScalar('FileRef', 'sha-256 id of an uploaded file (POST /files).', (text) => {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new DomainError('BAD_INPUT', { expected: 'a sha-256 in lower-case hexadecimal' });
  return text;
});

function jsonScalar(name: string, description: string): GraphQLScalarType {
  return new GraphQLScalarType({
    name,
    description,
    serialize: (value) => value,
    parseValue: (value) => value,
    parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
  });
}

export const JsonScalar = jsonScalar('JSON', 'Any JSON value.');
export const GeoJsonScalar = jsonScalar('GeoJSON', 'RFC 7946 geometry, WGS 84.');
