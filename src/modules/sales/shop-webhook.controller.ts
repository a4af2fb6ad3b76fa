import type { RawBodyRequest } from '@nestjs/common';
import { Controller, Headers, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { WebhookAnswer } from './shop-webhook.service.js';
import { ShopWebhookService } from './shop-webhook.service.js';

@Controller('webhooks')
export class ShopWebhookController {
  constructor(private readonly webhooks: ShopWebhookService) {}

  @Post(':shopId')
  @HttpCode(200)
  receive(
    @Param('shopId') shopId: string,
    @Req() request: RawBodyRequest<FastifyRequest>,
    @Headers('x-shopify-topic') topic?: string,
    @Headers('x-shopify-webhook-id') deliveryId?: string,
    @Headers('x-shopify-hmac-sha256') signature?: string,
  ): Promise<WebhookAnswer> {
    // The signature is over the bytes as they came, not over what a parser made of them.
    const rawBody = request.rawBody ?? Buffer.alloc(0);
    return this.webhooks.receive({ shopId, rawBody, topic: topic ?? null, deliveryId: deliveryId ?? null, signature: signature ?? null });
  }
}
