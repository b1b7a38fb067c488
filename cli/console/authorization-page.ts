/** The page that the browser shows at the end of an authorization. */
export interface AuthorizationPage {
  readonly title: string;
  readonly text: string;
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A small HTML page without scripts and without external resources. */
export function authorizationPage({ title, text }: AuthorizationPage): string {
  const safe = (value: string) => value.replaceAll(/[&<>"]/g, (mark) => marks[mark] ?? mark);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${safe(title)}</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1.5rem; }
</style>
</head>
<body>
<main>
<h1>${safe(title)}</h1>
<p>${safe(text)}</p>
</main>
</body>
</html>
`;
}
