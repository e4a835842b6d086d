import { type Code, Problem } from '../problem.ts';

/** Every refusal that this dialect has a name of its own for: what went wrong, and what is said where nothing else is. */
const names = {
  ApiFeaturePreviewUsageOnly: [
    'badRequest',
    'This endpoint is only supported in preview mode. Please add a preview=true query parameter',
  ],
  'Conjure:InvalidArgument': ['badRequest', 'The request is invalid'],
  UnsupportedLiveDeployment: ['badRequest', 'The Live Deployment type is not supported by the API.'],
  LiveDeploymentNotFound: ['notFound', 'The given LiveDeployment could not be found.'],
  ModelNotFound: ['notFound', 'The given Model could not be found.'],
  GpuTypeNotAvailable: ['badRequest', 'The requested GPU type is not available.'],
  InvalidGpuCount: ['badRequest', 'The requested number of GPUs is not available.'],
  ThreadCountTooHigh: ['badRequest', 'The requested number of threads is too high.'],
  InferenceFailure: ['badRequest', 'The deployment could not answer.'],
  InferenceInvalidInput: ['badRequest', 'The input cannot be read by the model.'],
} as const satisfies Record<string, readonly [Code, string]>;

export type ErrorName = keyof typeof names;
export interface Named {
  name: ErrorName;
  parameters: Record<string, unknown>;
  description: string;
}

export const named = (
  name: ErrorName,
  parameters: Record<string, unknown> = {},
  description: string = names[name][1],
): Named => ({ name, parameters, description });

/** A refusal under its own name, with the parameters that clients read. */
export const problem = ({ name, parameters, description }: Named): Problem =>
  new Problem(names[name][0], description, {}, { name, parameters });

export const unsupported = () => problem(named('UnsupportedLiveDeployment'));
export const unknown = (liveDeploymentRid: string) =>
  problem(named('LiveDeploymentNotFound', { liveDeploymentRid }));
export const unknownModel = (modelRid: string) => problem(named('ModelNotFound', { modelRid }));
export const invalid = (description?: string) => problem(named('Conjure:InvalidArgument', {}, description));
