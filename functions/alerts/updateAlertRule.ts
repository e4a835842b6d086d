import { updateAlertRule } from '../../contracts/alerts.ts';
import { changeRule } from '../kit/alerts/write.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(updateAlertRule, changeRule);
