/**
 * Bundled in place of the SDK's search through configuration files and the metadata of machines, of which Lambda has
 * neither: what a client has to know stands in the environment, or is as the SDK has it where nothing is said.
 */
type Environment = Readonly<Record<string, string | undefined>>;
interface Source<T> {
  environmentVariableSelector(environment: Environment, options?: object): T | undefined;
  default: T | (() => Promise<T>);
}
type Provided<T> = T | (() => Promise<T>);

const provided = async <T>(value: Provided<T>): Promise<T> =>
  typeof value === 'function' ? (value as () => Promise<T>)() : value;

export const loadConfig =
  <T>(source: Source<T>, options: object = {}) =>
  async (): Promise<T> =>
    source.environmentVariableSelector(process.env, options) ?? provided(source.default);

export const SelectorType = { ENV: 'env', CONFIG: 'shared config entry' };
export const CONFIG_PREFIX_SEPARATOR = '.';

export function booleanSelector(from: Environment, name: string): boolean | undefined {
  return name in from ? from[name] === 'true' : undefined;
}

const flag = (name: string) => ({
  environmentVariableSelector: (environment: Environment) => booleanSelector(environment, name),
  configFileSelector: () => undefined,
  default: false,
});
export const NODE_USE_DUALSTACK_ENDPOINT_CONFIG_OPTIONS = flag('AWS_USE_DUALSTACK_ENDPOINT');
export const NODE_USE_FIPS_ENDPOINT_CONFIG_OPTIONS = flag('AWS_USE_FIPS_ENDPOINT');

export const REGION_ENV_NAME = 'AWS_REGION';
export const REGION_INI_NAME = 'region';
export const NODE_REGION_CONFIG_OPTIONS = {
  environmentVariableSelector: (environment: Environment) => environment[REGION_ENV_NAME],
  configFileSelector: () => undefined,
  default: async (): Promise<string> => {
    throw new Error('Region is missing');
  },
};
export const NODE_REGION_CONFIG_FILE_OPTIONS = {};

export const resolveDefaultsModeConfig = () => async () => 'legacy';

interface Regional {
  region: Provided<string>;
  useFipsEndpoint?: Provided<boolean>;
}
export const resolveRegionConfig = <C extends Regional>(config: C): C => {
  const { region, useFipsEndpoint = false } = config;
  return Object.assign(config, {
    region: () => provided(region),
    useFipsEndpoint: () => provided(useFipsEndpoint),
  });
};

/** Made with `new`, as the SDK does. */
export function ProviderError(message: string) {
  return Object.assign(new Error(message), { name: 'ProviderError' });
}
