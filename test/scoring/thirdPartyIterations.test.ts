import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseUbj } from '../../scoring/bytes/ubj.ts';
import { reference } from '../../scoring/evaluate/reference.ts';
import { field } from '../../scoring/formats/fields.ts';
import { parseJson } from '../../scoring/formats/json.ts';
import { readLightgbm } from '../../scoring/formats/lightgbm/model.ts';
import { readXgboost } from '../../scoring/formats/xgboost/model.ts';
import { table } from './csv.ts';
import { distance, haveThirdParty, thirdParty, tolerance } from './goldens.ts';
import { answers, expectedOf, recordOf } from './records.ts';

if (!haveThirdParty) console.error('skipped: third-party models are not in ../shared/fixtures/models');

/** A model of XGBoost as if early stopping had found this many iterations the best. */
function stopped(path: string, iterations: number) {
  const bytes = readFileSync(path);
  const document = path.endsWith('.ubj') ? parseUbj(bytes) : parseJson(bytes);
  const attributes = { best_iteration: String(iterations - 1) };
  Object.assign(field(document, 'learner') as object, { attributes });
  return readXgboost(document, {}).ir;
}

describe.skipIf(!haveThirdParty)('the first iterations of a model answer as their library does', () => {
  if (!haveThirdParty) return;
  const cases = ['jpmml-xgboost', 'jpmml-lightgbm'].flatMap((folder) => {
    const files = readdirSync(join(thirdParty, folder, 'csv'));
    return files
      .filter((file) => file.includes('@'))
      .map((file) => {
        const [name = '', iterations] = file.replace('.csv', '').split('@');
        const data = files
          .filter((csv) => name.endsWith(csv.replace('.csv', '')) && csv !== `${name}.csv`)
          .toSorted((a, b) => b.length - a.length)[0];
        return { folder, file, name, iterations: Number(iterations), data: data ?? '' };
      });
  });

  test('there are some', () => expect(cases.length).toBeGreaterThan(8));

  test.each(cases)('$folder $file', ({ folder, file, name, iterations, data }) => {
    const at = (...path: string[]) => join(thirdParty, folder, ...path);
    const json = at('xgboost', `${name}.json`);
    const ir =
      folder === 'jpmml-lightgbm'
        ? readLightgbm(readFileSync(at('lgbm', `${name}.txt`)), { iterations })
        : stopped(existsSync(json) ? json : at('xgboost', `${name}.ubj`), iterations);
    const model = reference(ir);
    const bound = folder === 'jpmml-xgboost' ? tolerance.printed : tolerance.lightgbm.prediction;
    const expected = table(readFileSync(at('csv', file), 'utf8'));
    const rows = table(readFileSync(at('csv', data), 'utf8'));
    expect(rows).toHaveLength(expected.length);
    for (const [i, row] of rows.entries())
      expect(
        distance(answers(model, recordOf(row)), expectedOf(model, expected[i] ?? {})),
        `row ${i}`,
      ).toBeLessThanOrEqual(bound);
  });
});
