/** A rejection as a client sees it: the first error of an answer. */
export class RejectedRequest extends Error {
  override readonly name = 'RejectedRequest';

  constructor(
    readonly code: string,
    message: string,
    readonly detail: unknown,
    /** Where in the input, where the platform says so. */
    readonly inputPath: readonly string[],
    readonly retryable: boolean,
  ) {
    super(`${code}: ${message}${detail === null || detail === undefined ? '' : ` ${JSON.stringify(detail)}`}`);
  }
}

export interface GraphqlClient {
  readonly key: string | null;
  /** The same door for the bearer of another key; null: for a stranger. */
  as(key: string | null): GraphqlClient;
  /** The answer's data. Throws RejectedRequest where the answer has errors. */
  query<T>(document: string, variables?: Readonly<Record<string, unknown>>): Promise<T>;
  /** Calls one mutation with its input and gives its payload: `mutate('openSeason', input, 'id replayed')`. */
  mutate<T>(name: string, input: Readonly<Record<string, unknown>>, selection: string): Promise<T>;
  /** The code with which the mutation is rejected, or null where it is accepted. */
  rejection(name: string, input: Readonly<Record<string, unknown>>): Promise<string | null>;
}

interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: {
      readonly code?: string;
      readonly detail?: unknown;
      readonly inputPath?: readonly string[];
      readonly retryable?: boolean;
    };
  }[];
}

/** A client of the public door; without a key it asks as a stranger. */
export function graphql(url: string, key: string | null): GraphqlClient {
  const query = async <T>(document: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== null && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ query: document, variables }),
    });
    const answer = (await response.json()) as Answer<T>;
    const [error] = answer.errors ?? [];
    if (error) {
      const { code, detail, inputPath, retryable } = error.extensions ?? {};
      throw new RejectedRequest(code ?? 'NO_CODE', error.message, detail ?? null, inputPath ?? [], retryable ?? false);
    }
    if (answer.data === undefined || answer.data === null) throw new Error(`No data and no error (HTTP ${String(response.status)}).`);
    return answer.data;
  };
  const mutate = async <T>(name: string, input: Readonly<Record<string, unknown>>, selection: string): Promise<T> => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const data = await query<Readonly<Record<string, T>>>(`mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`, {
      input,
    });
    return data[name] as T;
  };
  const rejection = async (name: string, input: Readonly<Record<string, unknown>>): Promise<string | null> => {
    try {
      await mutate(name, input, 'id');
      return null;
    } catch (error) {
      if (error instanceof RejectedRequest) return error.code;
      throw error;
    }
  };
  return { key, as: (other) => graphql(url, other), query, mutate, rejection };
}
