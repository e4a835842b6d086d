/** What passes between the pool and its workers. Events and answers are JSON, as they are on AWS. */
export interface Call {
  requestId: string;
  event: string;
  /** When it must be done, in milliseconds since 1970. */
  deadline: number;
}

export type Reply = { result: string } | { error: string };

export interface Boot {
  source: string;
  name: string;
  arn: string;
  memoryMb: number;
  log: string;
  /** Where compiled code is kept for later starts. */
  cache: string;
  /** Write what functions print to the terminal too. */
  loud: boolean;
}
