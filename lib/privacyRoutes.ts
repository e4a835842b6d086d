import type * as privacy from '../contracts/privacy.ts';
import type { DataStack } from './data.ts';
import { checks, deletes, type Grant, gets, getsMany, puts, queries, tells } from './grants.ts';
import type { Grants } from './permissions.ts';
import { makesSecrets } from './secrets.ts';

type Many = readonly Grant[];

/** What the endpoints of privacy policies may do. Nobody here reads a key: only who anonymises does. */
export function privacyRoutes(
  { control }: DataStack,
  { caller, repeats }: { caller: Many; repeats: Many },
): Grants<keyof typeof privacy> {
  const finds = [...caller, gets(control, 'POL#*', 'POLICY#*')];
  const changes = [...finds, ...repeats, puts(control, 'POLICY#*', 'OUT#*')];
  return {
    createPrivacyPolicy: [
      ...caller,
      ...repeats,
      gets(control, 'P#*'),
      puts(control, 'POLICY#*', 'POL#*', 'OUT#*'),
      makesSecrets('privacy'),
    ],
    listPrivacyPolicies: [
      ...caller,
      gets(control, 'P#*'),
      getsMany(control, 'P#*'),
      queries(control, 'PROJECTS', 'POLICY#*'),
    ],
    getPrivacyPolicy: finds,
    updatePrivacyPolicy: changes,
    deletePrivacyPolicy: [
      ...finds,
      ...repeats,
      gets(control, 'P#*'),
      queries(control, 'P#*'),
      checks(control, 'P#*'),
      deletes(control, 'POLICY#*', 'POL#*'),
      tells(control),
    ],
    createPrivacyRule: changes,
    updatePrivacyRule: changes,
    deletePrivacyRule: changes,
  };
}
