interface Item {
  Put?: { TableName?: string; Item?: Attributes };
  Update?: { TableName?: string; Key?: Attributes };
  Delete?: { TableName?: string; Key?: Attributes };
}
type Attributes = Record<string, { S?: string }>;

/** What the system notes for itself while it works: nobody changed anything by it. */
const notes: readonly RegExp[] = [
  /^OP# OP$/,
  /^OPEN /,
  /^DEAD#/,
  /^WARM /,
  /^RUNFILES /,
  // Which deployment a target is held for, while that comes up.
  /^TARGET# LOC$/,
  /^DEP# DRIFT$/,
  // How far a run got, the baseline that the first rows made, images compiled anew.
  /^P# RUN#/,
  /^P# MODEL#/,
  // What the evaluator of alerts remembers, and how a delivery goes; what fires is told.
  /^RULE# /,
  /^DELIVERY# /,
  // An incident that moves on without a message.
  /^ALERTS# /,
  /^ALR# (?:T#|LOC)$/,
];

/** A key without what is particular to it: `P# MODEL#`. */
const kindOf = ({ pk, sk }: Attributes): string =>
  `${pk?.S?.replace(/#.*$/s, '#')} ${sk?.S?.replace(/#.*$/s, '#')}`;

/**
 * Which kinds of items of the control table a call writes that no event tells of in the same transaction. The audit log is
 * made of those events, so there may be none.
 */
export function untold(command: string, input: object): string[] {
  const of: Record<string, (input: object) => Item> = {
    PutItem: (Put) => ({ Put }),
    UpdateItem: (Update) => ({ Update }),
    DeleteItem: (Delete) => ({ Delete }),
  };
  const items =
    command === 'TransactWriteItems'
      ? ((input as { TransactItems: Item[] }).TransactItems ?? [])
      : of[command]
        ? [of[command](input)]
        : [];
  const kinds = items.flatMap(({ Put, Update, Delete }) => {
    // The rule that counts its incidents: whoever changes one writes it as a whole.
    if (Update?.Key?.pk?.S === 'RULES') return [];
    const key = Put?.Item ?? Update?.Key ?? Delete?.Key;
    const name = Put?.TableName ?? Update?.TableName ?? Delete?.TableName;
    return key && name === 'control' ? [kindOf(key)] : [];
  });
  const told = kinds.some((kind) => /^(?:P# E#|OUT# OUT#)$/.test(kind));
  return told ? [] : kinds.filter((kind) => !notes.some((note) => note.test(kind)));
}
