/**
 * The raw limit of provenance: node:http and pg, the statements of the platform's own reading by hand, prepared, and JSON.stringify. It asks
 * who may, works out no composition, checks nothing. Path /constant answers one body that it was told with POST /keep: what HTTP alone gives.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

interface Holding {
  holding_id: string;
  id: string;
  product_id: string;
  digital_link: string;
  short_code: string;
  lot: string;
  gtin: string;
  made: string;
  taken: string;
}
interface Step {
  event_id: string | null;
  kind: string;
  grower_id: string | null;
  grower_kind: string | null;
  plot_id: string | null;
  delivery_organisation_id: string | null;
  event_organisation_id: string | null;
  event_facility_id: string | null;
  event_time: Date | null;
  biz_step: string | null;
  delivered_at: Date | null;
}
interface Label {
  kind: string;
  id: string;
  label: string;
}
interface Organisation {
  id: string;
  name: string;
}

const BATCH = `SELECT b.id, b.product_id, b.gtin, b.lot, b.digital_link, b.short_code, b.organisation_id, b.created_at, b.drawn_from_at,
  EXISTS (SELECT 1 FROM deliveries d WHERE d.batch_id = b.id) AS filled_by_deliveries, h.id AS holding_id, h.made, h.taken, h.in_transit
  FROM batches b LEFT JOIN holdings h ON h.batch_id = b.id WHERE b.digital_link = $1`;
const STEPS = `WITH RECURSIVE cone(step_id) AS (
    SELECT o.step_id FROM holdings h JOIN step_outputs o ON o.holding_id = h.id WHERE h.batch_id = $1
    UNION SELECT o.step_id FROM cone
      CROSS JOIN LATERAL (SELECT holding_id FROM step_inputs WHERE step_id = cone.step_id OFFSET 0) i
      CROSS JOIN LATERAL (SELECT step_id FROM step_outputs WHERE holding_id = i.holding_id OFFSET 0) o)
  SELECT s.id, s.kind, s.event_id,
    (SELECT json_agg(json_build_array(i.holding_id, i.quantity::text)) FROM step_inputs i WHERE i.step_id = s.id) AS inputs,
    (SELECT json_agg(json_build_array(o.holding_id, o.line, o.quantity::text, o.weight_num::text, o.weight_den::text))
       FROM step_outputs o WHERE o.step_id = s.id) AS outputs,
    coalesce(d.net, u.quantity)::text AS source_quantity, coalesce(d.dimension, u.dimension) AS source_dimension,
    d.organisation_id AS delivery_organisation_id, d.grower_kind, d.grower_id, d.plot_id, d.delivered_at,
    e.biz_step, e.event_time, e.event_offset_minutes, e.organisation_id AS event_organisation_id, e.facility_id AS event_facility_id
  FROM (SELECT step_id FROM cone LIMIT 200001) AS reached
  CROSS JOIN LATERAL (SELECT * FROM steps WHERE id = reached.step_id OFFSET 0) s
  LEFT JOIN LATERAL (SELECT * FROM deliveries WHERE step_id = s.id OFFSET 0) d ON true
  LEFT JOIN LATERAL (SELECT * FROM unknown_origins WHERE step_id = s.id OFFSET 0) u ON true
  LEFT JOIN LATERAL (SELECT * FROM supply_events WHERE id = s.event_id OFFSET 0) e ON true
  ORDER BY s.id`;
const LABELS = `SELECT 'PRODUCT' AS kind, id, name AS label FROM products WHERE id = ANY($1::uuid[])
  UNION ALL SELECT 'FACILITY', id, name FROM facilities WHERE id = ANY($2::uuid[])
  UNION ALL SELECT 'AREA', id, area_code FROM plots WHERE id = ANY($3::uuid[])
  UNION ALL SELECT 'AREA', id, area_code FROM households WHERE id = ANY($4::uuid[])`;
const ORGANISATIONS =
  'SELECT id, name, kind, area_code, time_zone, currency, gln, registered_at FROM organisations WHERE id = ANY($1::uuid[])';

const pool = new pg.Pool({ connectionString: process.argv[2] ?? '', max: 10 });
let constant = '{}';

async function rows<Row extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<Row[]> {
  return (await pool.query<Row>({ name, text, values })).rows;
}

function present(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))];
}

async function provenance(link: string): Promise<object | null> {
  const holdings = await rows<Holding>('batch', BATCH, [link]);
  const [batch] = holdings;
  if (!batch) return null;
  const steps = await rows<Step>('steps', STEPS, [batch.id]);
  const [labels, organisations] = await Promise.all([
    rows<Label>('labels', LABELS, [
      [batch.product_id],
      present(steps.map((step) => step.event_facility_id)),
      present(steps.map((step) => step.plot_id)),
      present(steps.map((step) => (step.grower_kind === 'HOUSEHOLD' ? step.grower_id : null))),
    ]),
    rows<Organisation>('organisations', ORGANISATIONS, [
      present(steps.flatMap((step) => [step.event_organisation_id, step.delivery_organisation_id])),
    ]),
  ]);
  const names = new Map([...labels.map((one) => [one.id, one.label] as const), ...organisations.map((one) => [one.id, one.name] as const)]);
  const areas = new Map<string, { cooperative: string; areaCode: string; from: string; to: string; share: null; households: number }>();
  for (const { grower_id: grower, delivery_organisation_id: cooperative, delivered_at: at } of steps) {
    if (grower === null || at === null) continue;
    const areaCode = names.get(grower) ?? '';
    const month = at.toISOString().slice(0, 7);
    const area = areas.get(areaCode);
    if (area) area.households += 1;
    else
      areas.set(areaCode, {
        cooperative: names.get(cooperative ?? '') ?? '',
        areaCode,
        from: month,
        to: month,
        share: null,
        households: 1,
      });
  }
  const seen = new Set<string>();
  const journey = steps.flatMap((step) => {
    const once = step.kind === 'DELIVERY' ? `DELIVERY ${step.event_facility_id ?? ''}` : (step.event_id ?? '');
    if (step.event_id === null || seen.has(once)) return [];
    seen.add(once);
    const organisation = names.get(step.event_organisation_id ?? '');
    const facility = names.get(step.event_facility_id ?? '') ?? null;
    return { eventId: step.event_id, bizStep: step.biz_step, at: step.event_time?.toISOString().slice(0, 10), organisation, facility };
  });
  return {
    digitalLink: batch.digital_link,
    shortCode: batch.short_code,
    lot: batch.lot,
    status: holdings.every((one) => one.made === one.taken) ? 'USED_UP' : 'ACTIVE',
    product: { name: names.get(batch.product_id), gtin: batch.gtin, netContent: null },
    harvests: [...areas.values()],
    journey,
    income: {
      published: false,
      reason: 'No publication rules yet: a figure is shown only once it cannot tell anything about a single household.',
    },
    recalled: false,
    coverage: '1',
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }).end(text);
}

const server = createServer((request, response) => {
  void bodyOf(request).then(async (body) => {
    if (request.url === '/keep') constant = body;
    if (request.url === '/keep' || request.url === '/constant') {
      send(response, constant);
      return;
    }
    const { variables } = JSON.parse(body) as { variables: { code: string } };
    send(response, JSON.stringify({ data: { provenance: await provenance(variables.code) } }));
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on ${String((server.address() as AddressInfo).port)}\n`);
});
