import { deleteAlertRule } from '../../contracts/alerts.ts';
import { removeRule } from '../kit/alerts/remove.ts';
import { endpoint } from '../kit/http/endpoint.ts';

export const handler = endpoint(deleteAlertRule, removeRule);
