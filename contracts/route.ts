import type * as z from 'zod';
import type { Scope } from '../domain/apiKey.ts';

export type Dialect = 'mlops' | 'batch' | 'live' | 'workspaces';

/** One documented endpoint. Its id names its file in functions/, its Lambda, its metric and its operationId. */
export interface Route {
  id: string;
  group: string;
  dialect: Dialect;
  /** What the caller's key must allow; `public` asks for no key. */
  scope: Scope | 'public';
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: `/${string}`;
  summary: string;
  params: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** The body may be left out: then it is read as this. */
  bodyOr?: unknown;
  /** Largest body in bytes; 64 KiB where nothing is said. */
  maxBytes?: number;
  /** Holds data of people: a 422 names the field and leaves its value out. */
  sensitive?: true;
  /** It starts a machine, which outlives its caller. */
  operates?: true;
  /** Whole numbers that a number of JavaScript cannot hold are read as texts of their digits. */
  lossless?: true;
  /** The key may come in `Authorization-PSK` too, as older clients send it. */
  presharedKey?: true;
  /** Whether an Idempotency-Key is honoured. */
  repeatable?: true;
  /** 202 without a value is answered as 204: there is nothing left to show. */
  status: 200 | 201 | 202 | 204;
  returns: z.ZodType;
  /** The answer is made in one place and may be megabytes: it is not parsed a second time. */
  trusted?: true;
}

/** Keep the literal types, so that a route's handler and caller are both checked against it. */
export const route = <const R extends Route>(r: R): R => r;

export type Input<R extends Route> = {
  params: z.output<R['params']>;
  query: R['query'] extends z.ZodType ? z.output<R['query']> : undefined;
  body: R['body'] extends z.ZodType ? z.output<R['body']> : undefined;
};
export type Output<R extends Route> = z.input<R['returns']>;
