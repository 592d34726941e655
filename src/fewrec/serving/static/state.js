// What the visitor has told, kept in this tab alone, and the one way to call the API.
const EMPTY = { like: [], dislike: [], say: [], skipped: [] };
export const visitor = { ...EMPTY, ...JSON.parse(sessionStorage.getItem("visitor") || "{}") };

export function remember() {
  sessionStorage.setItem("visitor", JSON.stringify(visitor));
}

export function startOver() {
  Object.assign(visitor, { like: [], dislike: [], say: [], skipped: [] });
  remember();
}

// Liking what was disliked takes the dislike back, and the other way round.
export function rate(kind, item) {
  for (const each of ["like", "dislike"]) visitor[each] = visitor[each].filter((known) => known.item_id !== item.item_id);
  visitor[kind] = [...visitor[kind], { item_id: item.item_id, title: item.title }];
  remember();
}

export const anonymousProfile = () => ({
  like: visitor.like.map((item) => item.item_id),
  dislike: visitor.dislike.map((item) => item.item_id),
  say: visitor.say,
});

export class ApiError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export async function call(method, path, body) {
  const headers = {};
  const key = sessionStorage.getItem("key");
  if (key) headers["Authorization"] = `Bearer ${key}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const isJson = (answer.headers.get("content-type") || "").includes("json");
  const found = isJson ? await answer.json() : await answer.text();
  if (!answer.ok) throw new ApiError(answer.status, found.detail ? [found.detail, found.hint].filter(Boolean).join(" · ") : answer.statusText);
  return found;
}
