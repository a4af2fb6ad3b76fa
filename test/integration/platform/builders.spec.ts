import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestApp } from '../../support/app.js';
import { startTestApp } from '../../support/app.js';
import * as build from '../../support/builders.js';

describe('the builders of a test world', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.stop());

  it('make a chain that the public door accepts: growers, a delivery, a trade and a sale', async () => {
    const cooperative = await build.anOrganisationAtWork(app.admin);
    const shop = await build.anOrganisationAtWork(app.admin, { kind: 'SHOP_OPERATOR' });
    const product = await build.aProduct(cooperative.manager, cooperative.id, { gtin: build.aGtin() });
    const poor = await build.aPoorHousehold(app.admin, cooperative.id);
    await build.aPlot(cooperative.manager, poor.id);
    const delivery = await build.aDelivery(cooperative.manager, {
      productId: product.id,
      householdId: poor.id,
      facilityId: cooperative.facilityId,
    });
    const goods = { batch: { madeBy: { captureId: delivery.id } }, quantity: build.kg('10') };
    await build.aTrade(cooperative, shop, { ...goods, price: build.yuanPer('KGM', '5.00') });
    const sale = await build.aSale(shop, { ...goods, quantity: build.kg('1') });
    expect(sale.replayed).toBe(false);
  });
});
