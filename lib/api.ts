import { NestedStack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpRoute, HttpRouteKey, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { type OperationId, routes } from '../contracts/routes.ts';
import type { Grant } from './grants.ts';
import { Handler } from './handler.ts';

/** Half of what an account may have in a region, so that one installation never takes the share of all. */
const throttle = { rateLimit: 5000, burstLimit: 2500 };

/** The HTTP API: one Lambda behind each documented route, each with its own grants. */
export class Api extends Construct {
  readonly http: HttpApi;

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

    // A route is seven resources and a stack holds five hundred, hence a stack for each dialect.
    for (const [dialect, some] of Map.groupBy(routes, (route) => route.dialect)) {
      const stack = new NestedStack(this, dialect);
      for (const route of some) {
        const handler = new Handler(stack, `${route.group}/${route.id}`, grants[route.id]);
        new HttpRoute(stack, `${route.id}-route`, {
          httpApi: this.http,
          routeKey: HttpRouteKey.with(route.path, HttpMethod[route.method]),
          integration: new HttpLambdaIntegration(route.id, handler),
        });
      }
    }
  }
}
