import type * as alerts from '../contracts/alerts.ts';
import type { DataStack } from './data.ts';
import { deletes, type Grant, gets, puts, queries } from './grants.ts';
import { knowsSender } from './notify.ts';
import type { Grants } from './permissions.ts';
import { keepsSecrets, removesSecrets } from './secrets.ts';

type Many = readonly Grant[];

/** What the endpoints of alerts and their rules may do. */
export function alertRoutes(
  { control }: DataStack,
  { caller, repeats }: { caller: Many; repeats: Many },
): Grants<keyof typeof alerts> {
  const finds = [...caller, gets(control, 'RUL#*', 'RULES', 'RULE#*', 'P#*')];
  const changes = [...caller, ...repeats, gets(control, 'RUL#*', 'RULES'), queries(control, 'RULE#*')];
  const closes = puts(control, 'RULES', 'RULE#*', 'ALERTS#*', 'ALR#*', 'OUT#*');
  const findsAlert = [...caller, gets(control, 'ALR#*', 'ALERTS#*')];
  const marks = [
    ...findsAlert,
    ...repeats,
    gets(control, 'RULE#*'),
    puts(control, 'RULE#*', 'ALERTS#*', 'ALR#*', 'OUT#*'),
  ];
  return {
    createAlertRule: [
      ...caller,
      ...repeats,
      gets(control, 'P#*', 'DEP#*'),
      puts(control, 'RULES', 'RUL#*', 'OUT#*'),
      keepsSecrets('webhooks'),
      knowsSender,
    ],
    listAlertRules: [...caller, gets(control, 'P#*', 'RULE#*'), queries(control, 'RULES')],
    getAlertRule: finds,
    updateAlertRule: [
      ...changes,
      gets(control, 'RULE#*', 'P#*', 'DEP#*'),
      closes,
      keepsSecrets('webhooks'),
      knowsSender,
    ],
    deleteAlertRule: [
      ...changes,
      puts(control, 'ALERTS#*', 'ALR#*', 'OUT#*'),
      deletes(control, 'RULES', 'RUL#*', 'RULE#*'),
      removesSecrets('webhooks'),
    ],
    listAlerts: [...caller, gets(control, 'P#*'), queries(control, 'ALERTS#*')],
    getAlert: [...findsAlert, queries(control, 'ALR#*')],
    acknowledgeAlert: marks,
    unacknowledgeAlert: marks,
  };
}
