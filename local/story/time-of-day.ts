/** The local time of day for a person, as in `14:03:10`; a time that cannot be read is `--:--:--`. */
export function timeOfDay(iso: unknown): string {
  const moment = new Date(typeof iso === 'string' ? iso : Number.NaN);
  if (Number.isNaN(moment.getTime())) return '--:--:--';
  return [moment.getHours(), moment.getMinutes(), moment.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
