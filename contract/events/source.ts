/** The `source` of every event on the bus. */
export const eventSource = 'asana.webhooks';
