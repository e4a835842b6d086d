import { unacknowledgeAlert } from '../../contracts/alerts.ts';
import { unacknowledge } from '../kit/alerts/acknowledge.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(unacknowledgeAlert, unacknowledge);
