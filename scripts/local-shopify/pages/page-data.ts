/** Data the server printed into the page. */
export function readPageData<Data>(id: string): Data {
  const text = document.getElementById(id)?.textContent;
  if (!text) throw new Error(`the page carries no ${id}`);
  return JSON.parse(text);
}

export function formatPrice(price: { minor: number; currency: string }, language: string): string {
  return new Intl.NumberFormat(language, { style: 'currency', currency: price.currency }).format(
    price.minor / 100,
  );
}

export async function postJson<Answer>(url: string, body: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer: Answer & { detail?: string; code?: string } = await response.json();
  if (!response.ok) throw new Error(answer.code ?? answer.detail ?? `status ${response.status}`);
  return answer;
}
