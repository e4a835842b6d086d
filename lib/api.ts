import { NestedStack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpRoute, HttpRouteKey, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type OperationId, routes } from '../contracts/routes.ts';
import type { Grant } from './grants.ts';
import { Handler } from './handler.ts';

/** Half of what an account may have in a region, so that one installation never takes the share of all. */
const throttle = { rateLimit: 5000, burstLimit: 2500 };

/** The HTTP API: one Lambda behind each documented route, each with its own grants. */
export class Api extends Construct {
  readonly http: HttpApi;
  /** What the route of predict leads to: environments are kept started of an alias, never of a function. */
  readonly live: Alias;

  constructor(
    scope: Construct,
    id: string,
    { otherwise, grants }: { otherwise: Handler; grants: Record<OperationId, readonly Grant[]> },
  ) {
    super(scope, id);
    this.http = new HttpApi(this, 'http', {
      createDefaultStage: false,
      defaultIntegration: new HttpLambdaIntegration('unknownRoute', otherwise),
    });
    new HttpStage(this, 'stage', { httpApi: this.http, stageName: '$default', autoDeploy: true, throttle });

    let live: Alias | undefined;
    // A route is seven resources and a stack holds five hundred, hence a stack for each dialect.
    for (const [dialect, some] of Map.groupBy(routes, (route) => route.dialect)) {
      const stack = new NestedStack(this, dialect);
      for (const route of some) {
        const handler = new Handler(stack, `${route.group}/${route.id}`, grants[route.id]);
        const called = route.id === 'predict' ? aliasOf(handler, stack) : handler;
        if (called instanceof Alias) live = called;
        new HttpRoute(stack, `${route.id}-route`, {
          httpApi: this.http,
          routeKey: HttpRouteKey.with(route.path, HttpMethod[route.method]),
          integration: new HttpLambdaIntegration(route.id, called),
        });
      }
    }
    if (!live) throw new Error('no route predicts');
    this.live = live;
  }
}

const aliasOf = (handler: Handler, stack: NestedStack) =>
  new Alias(stack, `${handler.node.id}-live`, { aliasName: 'live', version: handler.currentVersion });
