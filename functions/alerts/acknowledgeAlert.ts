import { acknowledgeAlert } from '../../contracts/alerts.ts';
import { acknowledge } from '../kit/alerts/acknowledge.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(acknowledgeAlert, (given) => acknowledge(given, given.body.note));
