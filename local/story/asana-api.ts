/** Calls Asana's ordinary API like any client. Returns the `data` of the body. @throws Error with the status */
export async function callAsana(
  baseUrl: string,
  token: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  data?: object,
): Promise<unknown> {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: data === undefined ? undefined : JSON.stringify({ data }),
  });
  if (!response.ok) throw new Error(`Asana answered ${method} ${path} with ${response.status}`);
  return ((await response.json()) as { readonly data: unknown }).data;
}
