import type { Input } from './values.js';

interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions?: Input }[];
}

/** The GraphQL door, for the bearer of one key. A rejection is thrown with its code and all that the platform says about it. */
export class GraphqlClient {
  constructor(
    readonly url: string,
    readonly key: string,
  ) {}

  withKey(key: string): GraphqlClient {
    return new GraphqlClient(this.url, key);
  }

  async ask<T>(query: string, variables: Input = {}): Promise<T> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.key}` },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as Answer<T>;
    const [error] = answer.errors ?? [];
    if (error) throw new Error(`${error.message} ${JSON.stringify({ path: error.path, ...error.extensions })}`);
    if (answer.data === undefined || answer.data === null) throw new Error(`HTTP ${String(response.status)} without data.`);
    return answer.data;
  }

  /** One mutation with its one input; by the contract's rule the input type is called after it. */
  async mutate<T = { readonly id: string }>(name: string, input: Input, selection = 'id'): Promise<T> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`;
    try {
      const data = await this.ask<Readonly<Record<string, T>>>(document, { input });
      return data[name] as T;
    } catch (error) {
      throw new Error(`${name} was refused: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
