/** Whether a model asks for anything that is not scored here: all of it is named at once. */
import { refuse, shown } from '../../refusals.ts';
import { operations } from './operations/all.ts';
import { holdsGraph, type OnnxModel, type OnnxNode } from './proto.ts';

/** The newest versions whose operations mean what they mean here. */
const newest: ReadonlyMap<string, number> = new Map([
  ['', 26],
  ['ai.onnx.ml', 5],
]);

const longest = 150;

export function checkSupport(model: OnnxModel): void {
  if (model.functions)
    throw refuse(
      'unsupported_model',
      'The ONNX model defines functions of its own, which is not supported.',
      'Export it without functions, or inline them with onnx.inliner.',
    );
  const unknown = new Set(model.nodes.filter((node) => !isKnown(node)).map(nameOf));
  if (isIsolationForest(model)) throw isolationForest();
  if (unknown.size > 0) throw unsupported([...unknown]);
  for (const [domain, version] of newest)
    if ((model.versions.get(domain) ?? 0) > version)
      throw refuse(
        'unsupported_model',
        'The ONNX model uses newer versions of its operations than are known here.',
        `Export it with at most opset ${newest.get('')}, and ${newest.get('ai.onnx.ml')} of ai.onnx.ml.`,
      );
}

const isKnown = ({ domain, op, attributes }: OnnxNode): boolean =>
  operations.get(domain)?.has(op) === true && ![...attributes.values()].some(holdsGraph);

function nameOf({ domain, op }: OnnxNode): string {
  const name = domain === '' ? op : `${domain}.${op}`;
  const word = shown(name);
  return word.startsWith('"') ? word.slice(1, -1) : 'one of an unreadable name';
}

/** As many names as a message holds, and how many more there are. */
function unsupported(names: readonly string[]) {
  let list = '';
  let count = 0;
  for (const name of names) {
    if (list.length + name.length > longest) break;
    list += `${count === 0 ? '' : ', '}${name}`;
    count++;
  }
  const more = names.length > count ? ` and ${names.length - count} more` : '';
  return refuse(
    'unsupported_model',
    `These ONNX operations are not supported: ${list}${more}.`,
    'Export a pipeline of trees, linear models or small networks, or register the deployment as external.',
  );
}

/** scikit-learn's isolation forest is converted to hundreds of operations around each of its trees. */
function isIsolationForest({ nodes, outputs }: OnnxModel): boolean {
  const trees = nodes.filter(({ op }) => op.startsWith('TreeEnsemble')).length;
  const logarithms = nodes.some(({ op }) => op === 'Log');
  return trees > 0 && logarithms && nodes.length > 10 * trees && outputs.includes('scores');
}

const isolationForest = () =>
  refuse(
    'unsupported_model',
    'This looks like an isolation forest that was converted to ONNX, which is not supported.',
    'Register the scikit-learn model saved with skops, or the MOJO of an H2O isolation forest.',
  );
