/** The time of day in local time: `14:03:10`, or `--:--:--` if the time cannot be read. */
export function timeOfDay(iso: unknown): string {
  const moment = new Date(typeof iso === 'string' ? iso : Number.NaN);
  if (Number.isNaN(moment.getTime())) return '--:--:--';
  return [moment.getHours(), moment.getMinutes(), moment.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
