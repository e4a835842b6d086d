/** The fields that are known here, of machines, of each type of state and of what is inside them. */
export const machineFields = ['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version'];
export const innerFields = ['Comment', 'StartAt', 'States', 'ProcessorConfig'];

const common = ['Type', 'Comment', 'QueryLanguage'];
const onward = [...common, 'Next', 'End', 'Assign', 'Output'];
const careful = [...onward, 'Retry', 'Catch'];

export const stateFields: Record<string, string[]> = {
  Task: [...careful, 'Resource', 'Arguments', 'TimeoutSeconds'],
  Pass: onward,
  Wait: [...onward, 'Seconds', 'Timestamp'],
  Choice: [...common, 'Choices', 'Default', 'Assign', 'Output'],
  Parallel: [...careful, 'Arguments', 'Branches'],
  Map: [...careful, 'Items', 'ItemSelector', 'ItemProcessor', 'MaxConcurrency'],
  Succeed: [...common, 'Output'],
  Fail: [...common, 'Error', 'Cause'],
};

/** What a Map may say besides when each item is an execution of its own. */
export const distributedFields = [
  'ItemReader',
  'ToleratedFailureCount',
  'ToleratedFailurePercentage',
  'Label',
];
export const readerFields = ['Resource', 'ReaderConfig', 'Arguments'];

export const needed: Record<string, string[]> = {
  Task: ['Resource', 'Arguments'],
  Choice: ['Choices'],
  Parallel: ['Branches'],
  Map: ['ItemProcessor'],
};

export const choiceFields = ['Condition', 'Next', 'Assign', 'Output', 'Comment'];
export const catchFields = ['ErrorEquals', 'Next', 'Assign', 'Output', 'Comment'];
export const retryFields = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
  'Comment',
];
