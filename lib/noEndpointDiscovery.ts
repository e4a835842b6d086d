/**
 * Bundled in place of the SDK's search for DynamoDB endpoints of accounts, with its cache: a function calls the
 * endpoint of its region, as the SDK does unless it is told otherwise.
 */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => false,
  configFileSelector: () => false,
  default: false,
};

export const resolveEndpointDiscoveryConfig = <T>(config: T): T => config;
