import { createAlertRule } from '../../contracts/alerts.ts';
import { addRule } from '../kit/alerts/write.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(createAlertRule, addRule);
