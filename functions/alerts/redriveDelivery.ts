import * as sending from '../../adapters/alerts/sending.ts';
import { again } from '../../adapters/aws/again.ts';
import * as projects from '../../adapters/projects.ts';
import { redriveDelivery } from '../../contracts/deliveries.ts';
import { conflict, notFound } from '../../domain/problem.ts';
import { endpoint } from '../kit/http/endpoint.ts';
import { shownDelivery } from '../kit/notify/show.ts';

export const handler = endpoint(redriveDelivery, async ({ params, caller, answer, told }) => {
  const { id } = await projects.load(caller, params.project_id);
  return again(async () => {
    const delivery = await sending.byId(id, params.delivery_id);
    if (!delivery) throw notFound('Delivery');
    if (delivery.state === 'delivered') throw conflict('Delivery is delivered');
    const next = sending.redriven(delivery);
    const body = { delivery: shownDelivery(next) };
    const word = told('alert.delivery', delivery.id);
    return (await sending.redrive(delivery, next, word, answer(body))) ? body : undefined;
  });
});
