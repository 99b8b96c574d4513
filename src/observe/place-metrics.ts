import { Gauge, type Registry } from 'prom-client';
import type { UploadPlaces } from '../upload/upload-places.ts';

/** How many uploads may run at once, and how many run when the metrics are asked for. */
export function addPlaceMetrics(registry: Registry, places: Pick<UploadPlaces, 'max' | 'taken'>): void {
  const registers = [registry];
  new Gauge({
    name: 'gateway_upload_places',
    help: 'Requests with a file that may be under way at once.',
    registers,
  }).set(places.max);
  new Gauge({
    name: 'gateway_upload_places_taken',
    help: 'Requests with a file that are under way.',
    registers,
    collect() {
      this.set(places.taken());
    },
  });
}
