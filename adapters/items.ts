import { hash } from 'node:crypto';
import { dayLabel, slotLabel } from '../domain/aggregates/time.ts';
import { hourOf } from '../domain/log.ts';

/** Where everything lies in the tables. Keys are spelled here and nowhere else. */
const sequence = (n: number) => String(n).padStart(12, '0');
const count = (n: number) => String(n).padStart(6, '0');
const milliseconds = (n: number) => String(n).padStart(13, '0');

/** How the versions of a deployment's name begin. A sort key has 1,024 bytes; no name holds a slash. */
export const versionsOf = (name: string): string =>
  Buffer.byteLength(name) <= 900 ? `N#${name}/` : `N#/${hash('sha256', name)}/`;

export const configsOf = (name: string): string =>
  Buffer.byteLength(name) <= 900 ? `${name}/` : `/${hash('sha256', name)}/`;

export const at = {
  project: (id: string) => ({ pk: `P#${id}`, sk: 'STATE' }),
  projects: (id: string) => ({ pk: 'PROJECTS', sk: id }),
  workspace: (name: string) => ({ pk: `WS#${name}`, sk: 'LOC' }),
  deployment: (projectId: string, kind: string, id: string) => ({
    pk: `P#${projectId}`,
    sk: `D#${kind}#${id}`,
  }),
  deploymentPlace: (id: string) => ({ pk: `DEP#${id}`, sk: 'LOC' }),
  history: (id: string, n: number) => ({ pk: `DEP#${id}`, sk: `H#${count(n)}` }),
  named: (projectId: string, name: string, version: number) => ({
    pk: `P#${projectId}`,
    sk: `${versionsOf(name)}${count(version)}`,
  }),
  model: (projectId: string, id: string) => ({ pk: `P#${projectId}`, sk: `MODEL#${id}` }),
  modelPlace: (id: string) => ({ pk: `M#${id}`, sk: 'LOC' }),
  modelUse: (id: string, deploymentId: string) => ({ pk: `M#${id}`, sk: `D#${deploymentId}` }),
  modelName: (name: string) => ({ pk: `MODELNAME#${name}`, sk: 'LOC' }),
  modelVersion: (name: string, version: number) => ({ pk: `MODELNAME#${name}`, sk: `V#${count(version)}` }),
  alias: (name: string, alias: string) => ({ pk: `MODELNAME#${name}`, sk: `A#${alias}` }),
  /** Which batch deployment of a model has a name, or had it last. */
  batchName: (model: string, name: string) => ({ pk: `MODELNAME#${model}`, sk: `B#${name}` }),
  /** Which deployment overwrites a column of a target, or was the last to; names of tables may be long. */
  batchTarget: (place: string) => ({ pk: `TARGET#${hash('sha256', place)}`, sk: 'LOC' }),
  /** A run of a batch deployment among all of it, in the order in which they came to be. `created` is epoch milliseconds. */
  run: (projectId: string, deploymentId: string, created: number, id: string) => ({
    pk: `P#${projectId}`,
    sk: `RUN#${deploymentId}#${String(created).padStart(13, '0')}#${id}`,
  }),
  /** Where a run lies that one knows the id of. */
  runPlace: (deploymentId: string, id: string) => ({ pk: `DEP#${deploymentId}`, sk: `RUN#${id}` }),
  /** How many times a slot was run again. */
  slot: (deploymentId: string, slot: string) => ({ pk: `DEP#${deploymentId}`, sk: `SLOT#${slot}` }),
  /** Runs by the moment, epoch milliseconds, from which on their files may be looked through. */
  runFiles: (due: number, id: string) => ({
    pk: 'RUNFILES',
    sk: `${String(due).padStart(13, '0')}#${id}`,
  }),
  /** Which deployments keep functions warm. */
  warm: (deploymentId: string) => ({ pk: 'WARM', sk: deploymentId }),
  /** Apart from the project's other items, so that who removes one can remove nothing else. */
  config: (projectId: string, name: string, version: number) => ({
    pk: `CFG#${projectId}`,
    sk: `${configsOf(name)}${count(version)}`,
  }),
  event: (projectId: string, seq: number) => ({ pk: `P#${projectId}`, sk: `E#${sequence(seq)}` }),
  /**
   * In the order of time, epoch milliseconds: the audit log is read so. Apart from the project's other items, so that who
   * tells of something can write nothing else.
   */
  outbox: (projectId: string, time: number, id: string) => ({
    pk: `OUT#${projectId}`,
    sk: `OUT#${milliseconds(time)}#${id}`,
  }),
  /** Apart from the project's other items, so that who removes one can remove nothing else. */
  policy: (projectId: string, id: string) => ({ pk: `POLICY#${projectId}`, sk: id }),
  policyPlace: (id: string) => ({ pk: `POL#${id}`, sk: 'LOC' }),
  operation: (id: string) => ({ pk: `OP#${id}`, sk: 'OP' }),
  open: (deadline: number, id: string) => ({ pk: 'OPEN', sk: `${String(deadline).padStart(13, '0')}#${id}` }),
  keyListed: (id: string) => ({ pk: 'KEYS', sk: id }),
  key: (id: string) => ({ pk: `K#${id}` }),
  /** Which computation of drift goes on. */
  driftLease: (id: string) => ({ pk: `DEP#${id}`, sk: 'DRIFT' }),
  /** Rules of alerts, all in one place: where there are none, the evaluator asks once. */
  rule: (projectId: string, id: string) => ({ pk: 'RULES', sk: `${projectId}#${id}` }),
  rulePlace: (id: string) => ({ pk: `RUL#${id}`, sk: 'LOC' }),
  /** What the state machine remembers of a rule and a deployment. */
  watch: (ruleId: string, deploymentId: string) => ({ pk: `RULE#${ruleId}`, sk: `W#${deploymentId}` }),
  /** A transition outside an incident. */
  watched: (ruleId: string, deploymentId: string, id: string) => ({
    pk: `RULE#${ruleId}`,
    sk: `T#${deploymentId}#${id}`,
  }),
  alert: (projectId: string, id: string) => ({ pk: `ALERTS#${projectId}`, sk: id }),
  alertPlace: (id: string) => ({ pk: `ALR#${id}`, sk: 'LOC' }),
  transition: (alertId: string, n: number) => ({ pk: `ALR#${alertId}`, sk: `T#${count(n)}` }),
  /** Messages of one tick, epoch milliseconds of the minute, for one destination lie side by side. */
  delivery: (projectId: string, tick: number, destination: string, id: string) => ({
    pk: `DELIVERY#${projectId}`,
    sk: `${String(tick).padStart(13, '0')}#${destination}#${id}`,
  }),
  /** That a channel is not delivered to any more. */
  endpoint: (projectId: string, channelId: string) => ({
    pk: `DELIVERY#${projectId}`,
    sk: `ENDPOINT#${channelId}`,
  }),
  /** A record of a stream that nobody could read; `month` is yyyymm. */
  dead: (month: string, id: string) => ({ pk: `DEAD#${month}`, sk: id }),

  // The table of aggregates. All times are epoch milliseconds.
  lane: (id: string, time: number, shard: string) => ({ pk: `L#${id}`, sk: `${slotLabel(time)}#${shard}` }),
  /** How far logs without bins are counted, where a baseline was made of the first ones. */
  passage: (id: string) => ({ pk: `L#${id}`, sk: 'F' }),
  /** What one step of that counted; no shard feeds it, and no hour begins so. */
  passedLane: (id: string, time: number, step: number) => ({
    pk: `L#${id}`,
    sk: `${slotLabel(time)}#F${count(step)}`,
  }),
  dayCounts: (id: string, time: number) => ({ pk: `S#${id}`, sk: `D#${dayLabel(time)}` }),
  seconds: (id: string, time: number) => ({ pk: `S#${id}`, sk: `H#${hourOf(time)}` }),
  /** For readers: this hour is not closed. */
  openHour: (id: string, time: number) => ({ pk: `S#${id}`, sk: `O#${hourOf(time)}` }),
  /** For closers: the same, by the hour. */
  openIn: (time: number, id: string) => ({ pk: `OPEN#${hourOf(time)}`, sk: id }),
  minutes: (id: string, time: number) => ({ pk: `A#${id}`, sk: `M#${hourOf(time)}` }),
  hourSums: (id: string, time: number) => ({ pk: `A#${id}`, sk: `H#${hourOf(time)}` }),
  /** Labels by the hour of their predictions. */
  labels: (id: string, time: number) => ({ pk: `Q#${id}`, sk: `H#${hourOf(time)}` }),
  daySums: (id: string, time: number) => ({ pk: `A#${id}`, sk: `D#${dayLabel(time)}` }),
  /** Where the next run over the rules of alerts begins. */
  alertTurn: () => ({ pk: 'B#ALERTS', sk: 'TURN' }),
  /** How good a model was by its first labels. */
  firstLabels: (modelId: string) => ({ pk: `B#${modelId}`, sk: 'LABELS' }),
  /** The last result of drift. */
  drift: (id: string) => ({ pk: `R#${id}`, sk: 'LAST' }),
  /** The last result of each hour, in short. */
  driftPoint: (id: string, time: number) => ({ pk: `R#${id}`, sk: `H#${hourOf(time)}` }),
};

/** The time that the end of a key spells, yyyymmdd or yyyymmddHH or yyyymmddHHM, as epoch milliseconds. */
export function timeIn(label: string): number {
  const [year, month, day, hours = 0, ten = 0] = [
    label.slice(0, 4),
    label.slice(4, 6),
    label.slice(6, 8),
    label.slice(8, 10),
    label.slice(10, 11),
  ].map(Number);
  return Date.UTC(Number(year), Number(month) - 1, day, hours, ten * 10);
}

/** Events that belong to the installation and to no project lie in this one's outbox. */
export const nobodysProject = 'none';

/** Every item carries the version of its schema. */
export const v = 1;
