import { again } from '../../adapters/aws/again.ts';
import * as deployments from '../../adapters/deployments/deployments.ts';
import * as policies from '../../adapters/privacy/policies.ts';
import * as projects from '../../adapters/projects.ts';
import { deletePrivacyPolicy } from '../../contracts/privacy.ts';
import { uses } from '../../domain/privacy/policy.ts';
import { conflict, notFound, stale } from '../../domain/problem.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(deletePrivacyPolicy, (given) =>
  again(async () => {
    const { params, caller, ifMatch, answer, told } = given;
    const policy = await policies.load(caller, params.policy_id);
    if (ifMatch !== undefined && ifMatch !== policy.rev) throw stale();
    // Before the deployments: whatever is deployed after it was read undoes what was decided.
    const project = await projects.get(policy.project_id);
    if (!project) throw notFound('Privacy policy');
    const deployed = await deployments.every(project.id, 'online');
    if (deployed.some((deployment) => uses(deployment, policy))) throw conflict('Privacy policy is in use');
    const reply = answer({ ok: true });
    const gone = await policies.drop(policy, project, reply, told('privacy_policy.removed', policy.id));
    return gone ? reply.body : undefined;
  }),
);
