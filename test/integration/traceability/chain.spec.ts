import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import type { AnOrganisationAtWork } from '../../support/builders.js';
import { aDelivery, aHousehold, anOrganisationAtWork, aProduct, aTrade, kg, pieces, yuan, yuanPer } from '../../support/builders.js';

type Input = Record<string, unknown>;

interface Transformed {
  readonly id: string;
  readonly event: { readonly type: string; readonly inputs: unknown[]; readonly outputs: unknown[] };
  readonly batches: { readonly id: string; readonly lot: string; readonly made: { readonly value: string; readonly unit: string } }[];
}

const TRANSFORMED = 'id event { type inputs { quantity { value } } outputs { quantity { value } } } batches { id lot made { value unit } }';
const AT = '2026-05-27T10:00:00+08:00';

describe('the way of the goods', () => {
  let test: TestApp;
  let cooperative: AnOrganisationAtWork;
  let mill: AnOrganisationAtWork;
  let paddy: string;
  let rice: string;
  let bran: string;
  let pack: string;
  let householdId: string;
  let database: pg.Client;

  beforeAll(async () => {
    test = await startTestApp();
    cooperative = await anOrganisationAtWork(test.admin);
    mill = await anOrganisationAtWork(test.admin, { kind: 'PROCESSOR' });
    paddy = (await aProduct(cooperative.manager, cooperative.id)).id;
    rice = (await aProduct(mill.manager, mill.id)).id;
    bran = (await aProduct(mill.manager, mill.id)).id;
    pack = (await aProduct(mill.manager, mill.id, { baseUnit: 'H87', netContent: kg('5') })).id;
    householdId = (await aHousehold(cooperative.manager, cooperative.id)).id;
    database = new pg.Client({ connectionString: test.databaseUrl });
    await database.connect();
  });

  afterAll(async () => {
    await database.end();
    await test.stop();
  });

  /** 100 kg of paddy in the cooperative's hands. */
  const aLot = async (): Promise<Input> => {
    const { id } = await aDelivery(cooperative.manager, { productId: paddy, householdId, facilityId: cooperative.facilityId });
    return { madeBy: { captureId: id } };
  };
  const atTheMill = async (): Promise<Input> => {
    const batch = await aLot();
    await aTrade(cooperative, mill, { batch, quantity: kg('100'), price: yuanPer('KGM', '5.00') });
    return batch;
  };
  const milling = (batch: Input, over: Input = {}): Input => ({
    id: randomUUID(),
    at: '2026-05-29T08:00:00+08:00',
    facilityId: mill.facilityId,
    inputs: [{ lot: { batch, quantity: kg('100') } }],
    outputs: [
      { product: { id: rice }, quantity: kg('68'), unitValue: yuanPer('KGM', '8.00') },
      { product: { id: bran }, quantity: kg('10'), unitValue: yuanPer('KGM', '1.00') },
      { quantity: kg('20'), waste: true },
    ],
    declaredLoss: kg('2'),
    ...over,
  });
  const holdings = async (batchId: string): Promise<{ holder_id: string; made: string; taken: string; in_transit: string }[]> => {
    const { rows } = await database.query<{ holder_id: string; made: string; taken: string; in_transit: string }>(
      'SELECT holder_id, made / 1000000 AS made, taken / 1000000 AS taken, in_transit / 1000000 AS in_transit FROM holdings WHERE batch_id = $1 ORDER BY created_at',
      [batchId],
    );
    return rows;
  };
  const batchIdOf = async (client: AnOrganisationAtWork, batch: Input): Promise<string> =>
    (await client.manager.query<{ batch: { id: string } }>('query ($ref: BatchRef!) { batch(ref: $ref) { id } }', { ref: batch })).batch.id;

  it('mills paddy into rice and bran by value, its waste without a batch', async () => {
    const made = await mill.manager.mutate<Transformed>('recordTransformation', milling(await atTheMill()), TRANSFORMED);
    expect(made.event).toMatchObject({ type: 'TRANSFORMATION', inputs: [{}], outputs: [{}, {}] });
    expect(made.batches.map((batch) => batch.made.value)).toEqual(['68', '10']);
    expect(new Set(made.batches.map((batch) => batch.lot)).size).toBe(2);
  });

  it('counts packs by their net content', async () => {
    const milled = await mill.manager.mutate<Transformed>('recordTransformation', milling(await atTheMill()), TRANSFORMED);
    const packed = await mill.manager.mutate<Transformed>(
      'recordTransformation',
      {
        id: randomUUID(),
        at: '2026-05-29T12:00:00+08:00',
        inputs: [
          { lot: { batch: { id: milled.batches[0]!.id }, quantity: kg('65') } },
          { auxiliary: { name: 'bags', quantity: pieces('13') } },
        ],
        outputs: [{ product: { id: pack }, quantity: pieces('13') }],
      },
      TRANSFORMED,
    );
    expect(packed.batches[0]!.made).toEqual({ value: '13', unit: 'H87' });
  });

  it.each([
    ['more out than in', { outputs: [{ product: { id: 'rice' }, quantity: kg('105') }], declaredLoss: null }, 'MASS_BALANCE'],
    ['a loss nobody declared', { outputs: [{ product: { id: 'rice' }, quantity: kg('68') }], declaredLoss: null }, 'MASS_BALANCE'],
    [
      'several products without values',
      {
        outputs: [
          { product: { id: 'rice' }, quantity: kg('70') },
          { product: { id: 'bran' }, quantity: kg('30') },
        ],
        declaredLoss: null,
      },
      'ALLOCATION_REQUIRED',
    ],
    ['goods without a product', { outputs: [{ quantity: kg('98') }] }, 'BAD_INPUT'],
    ['nothing but waste', { outputs: [{ quantity: kg('98'), waste: true }] }, 'BAD_INPUT'],
    ['a step CBV does not know', { bizStep: 'milling_by_moonlight' }, 'BAD_INPUT'],
  ])('refuses a transformation with %s', async (_, over, code) => {
    const named = JSON.parse(JSON.stringify(over).replace('"rice"', `"${rice}"`).replace('"bran"', `"${bran}"`)) as Input;
    expect(await mill.manager.rejection('recordTransformation', milling(await atTheMill(), named))).toBe(code);
  });

  it('refuses more than is there, and one of two who take the same at once', async () => {
    const batch = await atTheMill();
    expect(
      await mill.manager.rejection('recordTransformation', milling(batch, { inputs: [{ lot: { batch, quantity: kg('100.1') } }] })),
    ).toBe('BATCH_OVERDRAWN');
    const answers = await Promise.all([1, 2].map(() => mill.manager.rejection('recordTransformation', milling(batch))));
    expect(answers.sort()).toEqual(['BATCH_OVERDRAWN', null].sort());
  });

  it('lets only the holder act', async () => {
    const batch = await atTheMill();
    const takes = { id: randomUUID(), at: AT, action: 'ADD', contents: [{ batch, quantity: kg('1') }] };
    expect(await cooperative.manager.rejection('recordAggregation', takes)).toBe('BATCH_OVERDRAWN');
    const stranger = await anOrganisationAtWork(test.admin);
    expect(await stranger.manager.rejection('recordAggregation', takes)).toBe('CUSTODY_WRONG');
  });

  it('takes inputs of unknown origin as events of their own, with what was paid', async () => {
    const batch = await atTheMill();
    const made = await mill.manager.mutate<Transformed>(
      'recordTransformation',
      milling(batch, {
        inputs: [
          { lot: { batch, quantity: kg('60') } },
          { unknown: { product: { id: paddy }, quantity: kg('40'), paid: yuan('180.00'), note: 'from the market' } },
        ],
      }),
      TRANSFORMED,
    );
    const { rows } = await database.query(
      `SELECT s.kind, u.quantity / 1000000 AS kg, p.payee_kind, p.amount_minor FROM steps s
       JOIN unknown_origins u ON u.step_id = s.id LEFT JOIN payments p ON p.step_id = s.id WHERE s.capture_id = $1`,
      [made.id],
    );
    expect(rows).toEqual([{ kind: 'UNKNOWN_ORIGIN', kg: '40', payee_kind: 'UNKNOWN', amount_minor: '18000' }]);
  });

  it('carries goods from hand to hand: shipped they are nobody’s to take, received they are the receiver’s', async () => {
    const batch = await aLot();
    const id = await batchIdOf(cooperative, batch);
    const shipment = {
      id: randomUUID(),
      at: AT,
      from: cooperative.facilityId,
      to: mill.facilityId,
      toOrganisationId: mill.id,
      lines: [{ batch, quantity: kg('70') }],
    };
    await cooperative.manager.mutate('recordShipment', shipment, 'id event { bizStep disposition }');
    expect(await holdings(id)).toEqual([{ holder_id: cooperative.id, made: '100', taken: '70', in_transit: '70' }]);
    expect(
      await mill.manager.rejection('recordAggregation', {
        id: randomUUID(),
        at: AT,
        action: 'ADD',
        contents: [{ batch, quantity: kg('1') }],
      }),
    ).toBe('CUSTODY_WRONG');
    const receipt = {
      id: randomUUID(),
      at: '2026-05-27T15:00:00+08:00',
      shipmentId: shipment.id,
      lines: [
        {
          batch,
          arrived: kg('69'),
          accepted: kg('60'),
          rejected: [
            { quantity: kg('5'), reason: 'wet', fate: 'RETURNED' },
            { quantity: kg('4'), reason: 'mould', fate: 'DESTROYED' },
          ],
        },
      ],
    };
    await mill.manager.mutate('recordReceipt', receipt, 'id event { bizStep }');
    expect((await holdings(id)).map((row) => [row.holder_id, row.made, row.in_transit])).toEqual([
      [cooperative.id, '100', '0'],
      [mill.id, '60', '0'],
      [cooperative.id, '5', '0'],
    ]);
    expect(await mill.manager.rejection('recordReceipt', { ...receipt, id: randomUUID() })).toBe('SHIPMENT_RECEIVED');
  });

  it('gives the loss on the way to what arrived, and splits exactly', async () => {
    const batch = await aLot();
    const shipment = { id: randomUUID(), at: AT, to: mill.facilityId, toOrganisationId: mill.id, lines: [{ batch, quantity: kg('100') }] };
    await cooperative.manager.mutate('recordShipment', shipment, 'id');
    const receiptId = randomUUID();
    await mill.manager.mutate(
      'recordReceipt',
      {
        id: receiptId,
        at: '2026-05-27T15:00:00+08:00',
        shipmentId: shipment.id,
        lines: [{ batch, arrived: kg('99'), accepted: kg('66'), rejected: [{ quantity: kg('33'), reason: 'small', fate: 'DOWNGRADED' }] }],
      },
      'id',
    );
    const { rows } = await database.query<{ quantity: string }>(
      `SELECT i.quantity FROM steps s JOIN step_inputs i ON i.step_id = s.id JOIN holdings h ON h.id = i.holding_id
       WHERE s.capture_id = $1 AND s.kind = 'RECEIPT_LINE' AND h.kind = 'GOODS' ORDER BY i.quantity`,
      [receiptId],
    );
    expect(rows.map((row) => row.quantity)).toEqual(['33333333', '66666667']);
  });

  it.each([
    ['arrived is not accepted and rejected together', { arrived: kg('70'), accepted: kg('60') }],
    ['more arrived than was shipped', { arrived: kg('71'), accepted: kg('71') }],
  ])('refuses a receipt where %s', async (_, line) => {
    const batch = await aLot();
    const shipment = { id: randomUUID(), at: AT, to: mill.facilityId, toOrganisationId: mill.id, lines: [{ batch, quantity: kg('70') }] };
    await cooperative.manager.mutate('recordShipment', shipment, 'id');
    const receipt = { id: randomUUID(), at: '2026-05-27T15:00:00+08:00', shipmentId: shipment.id, lines: [{ batch, ...line }] };
    expect(await mill.manager.rejection('recordReceipt', receipt)).toBe('RECEIPT_MISMATCH');
  });

  it('makes a trade a payment of the buyer to the seller at the accepting step', async () => {
    const batch = await aLot();
    const { receiptId } = await aTrade(cooperative, mill, { batch, quantity: kg('100'), price: yuanPer('KGM', '5.00') });
    const { rows } = await database.query(
      `SELECT p.kind, p.payer_id, p.payee_id, p.amount_minor, s.kind AS step FROM steps s JOIN payments p ON p.step_id = s.id WHERE s.capture_id = $1`,
      [receiptId],
    );
    expect(rows).toEqual([{ kind: 'TRADE', payer_id: mill.id, payee_id: cooperative.id, amount_minor: '50000', step: 'RECEIPT_LINE' }]);
  });

  it('refuses a trade with oneself', async () => {
    const shipment = {
      id: randomUUID(),
      at: AT,
      to: cooperative.facilityId,
      toOrganisationId: cooperative.id,
      lines: [{ batch: await aLot(), quantity: kg('1'), price: yuanPer('KGM', '1') }],
    };
    expect(await cooperative.manager.rejection('recordShipment', shipment)).toBe('TRADE_WITH_ONESELF');
  });

  it('packs into a logistic unit and unpacks what is inside, not more', async () => {
    const batch = await aLot();
    const packed = await cooperative.manager.mutate<{ sscc: string }>(
      'recordAggregation',
      { id: randomUUID(), at: AT, action: 'ADD', facilityId: cooperative.facilityId, contents: [{ batch, quantity: kg('20') }] },
      'id sscc',
    );
    expect(packed.sscc).toMatch(/^\d{18}$/);
    const unpack = (quantity: string): Input => ({
      id: randomUUID(),
      at: AT,
      action: 'DELETE',
      sscc: packed.sscc,
      contents: [{ batch, quantity: kg(quantity) }],
    });
    expect(await cooperative.manager.rejection('recordAggregation', unpack('20.5'))).toBe('SSCC_STATE');
    expect(await cooperative.manager.rejection('recordAggregation', unpack('20'))).toBeNull();
    expect(await cooperative.manager.rejection('recordAggregation', unpack('1'))).toBe('SSCC_STATE');
  });

  it('traces from the pack up to the harvest and from the harvest down to the pack', async () => {
    const batch = await atTheMill();
    const milled = await mill.manager.mutate<Transformed>('recordTransformation', milling(batch), TRANSFORMED);
    const packed = await mill.manager.mutate<Transformed>(
      'recordTransformation',
      {
        id: randomUUID(),
        at: '2026-05-29T12:00:00+08:00',
        inputs: [{ lot: { batch: { id: milled.batches[0]!.id }, quantity: kg('65') } }],
        outputs: [{ product: { id: pack }, quantity: pieces('13') }],
      },
      TRANSFORMED,
    );
    const ask = `query ($batch: BatchRef!, $direction: TraceDirection!, $maxDepth: Int) {
      trace(batch: $batch, direction: $direction, maxDepth: $maxDepth) { nodes { batch { id } depth } edges { from to quantity { value } } truncated } }`;
    const trace = async (ref: Input, direction: string, maxDepth?: number): Promise<{ nodes: [string, number][]; truncated: boolean }> => {
      const { trace: found } = await mill.manager.query<{
        trace: { nodes: { batch: { id: string }; depth: number }[]; truncated: boolean };
      }>(ask, { batch: ref, direction, maxDepth });
      return { nodes: found.nodes.map((node) => [node.batch.id, node.depth]), truncated: found.truncated };
    };
    const paddyId = await batchIdOf(mill, batch);
    const [riceId, branId, packId] = [milled.batches[0]!.id, milled.batches[1]!.id, packed.batches[0]!.id];
    expect(await trace({ id: packId }, 'UPSTREAM')).toEqual({
      nodes: [
        [packId, 0],
        [riceId, 1],
        [paddyId, 2],
      ],
      truncated: false,
    });
    const down = await trace({ id: paddyId }, 'DOWNSTREAM');
    expect(new Map(down.nodes)).toEqual(
      new Map([
        [paddyId, 0],
        [riceId, 1],
        [branId, 1],
        [packId, 2],
      ]),
    );
    expect(await trace({ id: packId }, 'UPSTREAM', 1)).toMatchObject({
      nodes: [
        [packId, 0],
        [riceId, 1],
      ],
      truncated: true,
    });
  });

  it('never uses a lot of a product twice', async () => {
    const first = await mill.manager.mutate<Transformed>('recordTransformation', milling(await atTheMill()), TRANSFORMED);
    const again = milling(await atTheMill());
    (again['outputs'] as Input[])[0]!['lot'] = first.batches[0]!.lot;
    expect(await mill.manager.rejection('recordTransformation', again)).toBe('ALREADY_EXISTS');
  });

  it('finds a batch by id, link on any host, GTIN and lot, short code, and the capture that made it', async () => {
    const made = await aLot();
    const view = 'query ($ref: BatchRef!) { batch(ref: $ref) { id gtin lot digitalLink shortCode } }';
    const find = async (ref: Input): Promise<{ id: string; gtin: string; lot: string; digitalLink: string; shortCode: string }> =>
      (
        await cooperative.manager.query<{ batch: { id: string; gtin: string; lot: string; digitalLink: string; shortCode: string } }>(
          view,
          { ref },
        )
      ).batch;
    const batch = await find(made);
    const spellings = [
      { id: batch.id },
      { digitalLink: batch.digitalLink },
      { digitalLink: batch.digitalLink.replace('https://id.gs1.org', 'https://shop.example/some/path') },
      { gtinLot: { gtin: batch.gtin, lot: batch.lot } },
      { shortCode: batch.shortCode },
    ];
    for (const ref of spellings) expect((await find(ref)).id).toBe(batch.id);
  });
});
