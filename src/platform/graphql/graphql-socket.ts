import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';
import { Settings } from '../config/settings.js';
import { Log } from '../logging/log.js';
import { SocketAdmission } from './socket-admission.js';
import { SocketConnection } from './socket-connection.js';
import { SocketProtocol } from './socket-protocol.js';

const PATH = '/graphql';
/** Of one process. A connection takes some tens of kilobytes. */
export const SOCKETS_MAX = 2_000;
export const SOCKET_MESSAGE_BYTES_MAX = 64 * 1_024;
const CLOSE_GOING_AWAY = 1_001;
/** How long a peer may take to say goodbye when the process stops. */
const GOODBYE_MS_MAX = 1_000;

/** WS /graphql, graphql-transport-ws: subscriptions only. Questions and mutations have their own door, POST /graphql. */
@Injectable()
export class GraphqlSocket implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly server = new WebSocketServer({
    noServer: true,
    maxPayload: SOCKET_MESSAGE_BYTES_MAX,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false),
  });
  private readonly connections = new Set<SocketConnection>();
  private closing = false;

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly schemaHost: GraphQLSchemaHost,
    private readonly admission: SocketAdmission,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.settings.environment.roles.has('api')) return;
    const protocol = new SocketProtocol(this.schemaHost.schema, this.log);
    this.host.httpAdapter.getHttpServer().on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Before the handshake is done nobody else listens for errors.
      socket.on('error', () => socket.destroy());
      const refusal = this.refusalOf(request);
      if (refusal !== null) {
        socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      this.server.handleUpgrade(request, socket, head, (client) => this.open(protocol, client, request));
    });
  }

  /** Open sockets. */
  get size(): number {
    return this.connections.size;
  }

  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    const clients = [...this.server.clients].filter((client) => client.readyState !== WebSocket.CLOSED);
    const gone = clients.map((client) => new Promise<void>((resolve) => client.once('close', () => resolve())));
    for (const client of clients) client.close(CLOSE_GOING_AWAY, 'Going away');
    const impatient = setTimeout(() => {
      for (const client of clients) client.terminate();
    }, GOODBYE_MS_MAX);
    await Promise.all(gone);
    clearTimeout(impatient);
    this.server.close();
  }

  private refusalOf(request: IncomingMessage): string | null {
    const [path] = (request.url ?? '').split('?');
    if (path !== PATH) return '404 Not Found';
    if (this.closing || this.connections.size >= SOCKETS_MAX) return '503 Service Unavailable';
    return null;
  }

  private open(protocol: SocketProtocol, client: WebSocket, request: IncomingMessage): void {
    const connection = new SocketConnection(client, request.headers.authorization ?? null, this.admission, this.connections);
    this.connections.add(connection);
    client.once('close', () => this.connections.delete(connection));
    connection.speak((wire) => protocol.opened(connection, wire));
  }
}
