import { globSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { routes } from '../../contracts/routes.ts';
import { named } from '../../lib/settings.ts';
import { all, operationOf, synthesize, synthesized } from './synthesized.ts';

let app: ReturnType<typeof synthesized>;
beforeAll(() => {
  app = synthesized();
});

test('the gateway knows the documented endpoints, what takes every other path, and nothing else', () => {
  const deployed = Object.values(all(app, 'AWS::ApiGatewayV2::Route')).map((r) => r.Properties.RouteKey);
  expect(deployed.toSorted()).toEqual(['$default', ...routes.map((r) => `${r.method} ${r.path}`)].toSorted());
});

test('behind each route stands the function of its name', () => {
  const functions = all(app, 'AWS::Lambda::Function');
  const integrations = all(app, 'AWS::ApiGatewayV2::Integration');
  const aliases = all(app, 'AWS::Lambda::Alias');
  const behind = Object.values(all(app, 'AWS::ApiGatewayV2::Route')).map(({ Properties }) => {
    const integration = integrations[Properties.Target['Fn::Join'][1][1].Ref];
    const uri = integration?.Properties.IntegrationUri;
    const fn = functions[uri.Ref ? aliases[uri.Ref]?.Properties.FunctionName.Ref : uri['Fn::GetAtt'][0]];
    return [Properties.RouteKey, fn && operationOf(fn)];
  });
  const wanted = routes.map((r) => [`${r.method} ${r.path}`, r.id]);
  expect(Object.fromEntries(behind)).toEqual(Object.fromEntries([...wanted, ['$default', 'unknownRoute']]));
});

test('predict alone is called by its alias, which leads to the version of what is deployed', () => {
  const aliases = Object.values(all(app, 'AWS::Lambda::Alias'));
  const versions = all(app, 'AWS::Lambda::Version');
  const functions = all(app, 'AWS::Lambda::Function');
  const found = aliases.map(({ Properties: { Name, FunctionName, FunctionVersion } }) => {
    const fn = functions[FunctionName.Ref];
    const version = versions[FunctionVersion['Fn::GetAtt'][0]];
    return [Name, fn && operationOf(fn), version?.Properties.FunctionName.Ref === FunctionName.Ref];
  });
  expect(found).toEqual([['live', 'predict', true]]);
});

test('every file of functions/ is deployed once, and says which file it is', () => {
  const files = globSync('functions/*/*.ts').filter((file) => !file.startsWith('functions/kit/'));
  expect(files).not.toEqual([]);
  const deployed = Object.values(all(app, 'AWS::Lambda::Function')).map(
    (f) => f.Metadata?.['slipway:source'],
  );
  expect(deployed.toSorted()).toEqual(files.toSorted());
});

test('a function of a route lies in the folder of its group', () => {
  const sources = Object.values(all(app, 'AWS::Lambda::Function')).map((f) => f.Metadata?.['slipway:source']);
  expect(sources).toEqual(expect.arrayContaining(routes.map((r) => `functions/${r.group}/${r.id}.ts`)));
});

test('each function has a role that no other has', () => {
  const roles = Object.values(all(app, 'AWS::Lambda::Function')).map(
    (f) => f.Properties.Role['Fn::GetAtt'][0],
  );
  expect(new Set(roles).size).toBe(roles.length);
});

test('every function runs Node 24 on arm64, logs JSON for a month, and has no source maps', () => {
  const groups = all(app, 'AWS::Logs::LogGroup');
  for (const { Properties: fn } of Object.values(all(app, 'AWS::Lambda::Function'))) {
    expect(fn).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    expect(fn.LoggingConfig).toMatchObject({ LogFormat: 'JSON', SystemLogLevel: 'WARN' });
    expect(groups[fn.LoggingConfig.LogGroup.Ref]?.Properties.RetentionInDays).toBe(30);
    expect(JSON.stringify(fn.Environment ?? {})).not.toContain('source-maps');
  }
});

test('what answers a caller ends before the gateway stops waiting', () => {
  const routed = new Set<string>([...routes.map((r) => r.id), 'unknownRoute']);
  for (const fn of Object.values(all(app, 'AWS::Lambda::Function')))
    if (routed.has(operationOf(fn))) expect(fn.Properties.Timeout, operationOf(fn)).toBeLessThan(30);
});

test('settings are for functions that exist', () => {
  const deployed = Object.values(all(app, 'AWS::Lambda::Function')).map(operationOf);
  expect(deployed).toEqual(expect.arrayContaining(named));
});

test('concurrency is set aside only where the account is said to have some', () => {
  const reserved = (from: typeof app) =>
    Object.values(all(from, 'AWS::Lambda::Function')).filter(
      (f) => f.Properties.ReservedConcurrentExecutions,
    );
  expect(reserved(app)).toEqual([]);
  expect(reserved(synthesize({ reserveConcurrency: true }))).not.toEqual([]);
});

test('the gateway slows down callers as a whole and allows no other origin', () => {
  const [stage] = Object.values(all(app, 'AWS::ApiGatewayV2::Stage'));
  expect(stage?.Properties.DefaultRouteSettings).toEqual({
    ThrottlingRateLimit: 5000,
    ThrottlingBurstLimit: 2500,
  });
  const [api] = Object.values(all(app, 'AWS::ApiGatewayV2::Api'));
  expect(api?.Properties.CorsConfiguration).toBeUndefined();
});

test('no stack comes near the five hundred resources that it may hold', () => {
  expect(app.nested).not.toEqual([]);
  for (const { Resources } of app.templates) expect(Object.keys(Resources).length).toBeLessThan(450);
});
