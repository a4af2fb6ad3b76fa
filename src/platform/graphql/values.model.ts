import { Field, InputType, ObjectType } from '@nestjs/graphql';
import type { Money, UnitPrice } from '../../core/kernel/money.js';
import { formatMoney, parseMoney } from '../../core/kernel/money.js';
import type { Quantity } from '../../core/kernel/quantity.js';
import { formatQuantity, plainUnit, unitOf } from '../../core/kernel/quantity.js';
import { DecimalScalar } from './scalars.js';

@ObjectType('Money', { description: 'Major units, ISO 4217; the digits are those of the currency.' })
export class MoneyModel {
  @Field(() => DecimalScalar) amount!: string;
  @Field(() => String) currency!: string;
}

@InputType('MoneyInput')
export class MoneyInput {
  @Field(() => DecimalScalar) amount!: string;
  @Field(() => String) currency!: string;
}

@ObjectType('Quantity', { description: 'UN/ECE Recommendation 20: KGM, GRM, TNE, LTR, H87 …; jin and mu are kept as said.' })
export class QuantityModel {
  @Field(() => DecimalScalar) value!: string;
  @Field(() => String) unit!: string;
}

@InputType('QuantityInput')
export class QuantityInput {
  @Field(() => DecimalScalar) value!: string;
  @Field(() => String) unit!: string;
}

@InputType('UnitPriceInput', { description: 'Per the unit that was said: 3.00 CNY per jin stays per jin.' })
export class UnitPriceInput {
  @Field(() => MoneyInput) amount!: MoneyInput;
  @Field(() => String) per!: string;
}

/** Throws what parseMoney and unitOf throw. */
export function parseUnitPrice(input: UnitPriceInput): UnitPrice {
  return { ...parseMoney(input.amount), per: unitOf(input.per).code };
}

export function moneyModel(money: Money): MoneyModel {
  return formatMoney(money);
}

/** In the unit asked for, or in the dimension's plain one (kilograms, litres, pieces). */
export function quantityModel(quantity: Quantity, unit: string = plainUnit(quantity.dimension)): QuantityModel {
  return formatQuantity(quantity, unit);
}
