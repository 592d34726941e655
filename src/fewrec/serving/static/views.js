// Pieces of the page. Text reaches the document as text only, never as markup.
import { t } from "./words.js";

export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const itemLink = (item) => el("a", { class: "title", href: `#/item/${encodeURIComponent(item.item_id)}` }, item.title || item.item_id);

export function button(text, onclick, options = {}) {
  return el("button", { type: "button", onclick, ...options }, text);
}

export function chips(entries, remove) {
  return el("ul", { class: "chips" }, ...entries.map(({ text, kind, key }) =>
    el("li", {}, `${t(kind)}: ${text} `, button("×", () => remove(kind, key), { "aria-label": t("remove", { what: text }) }))));
}

// How the sentences were read, and what nothing answers.
export function understood(found) {
  const claims = found.understood || [];
  const missing = found.unmatched || [];
  return el("div", {},
    claims.length ? el("ul", { class: "chips claims", "aria-label": t("understood") }, ...claims.map((claim) =>
      el("li", { class: claim.polarity < 0 ? "ruled-out" : null }, el("span", {}, claim.text), " ",
        el("span", { class: "faint" }, t("claim", { kind: t(`c_${claim.kind}`), n: claim.matched }))))) : "",
    missing.length ? el("p", { class: "faint unmatched" }, t("unmatched", { what: missing.join(", ") }),
      found.nearest?.length ? ` ${t("nearest", { what: found.nearest.join(", ") })}` : "") : "");
}

const signed = (value) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(3);

function reasonText(reason) {
  if (reason.kind === "prior") return t("prior");
  const matched = (reason.matched || []).map((why) => t("matched", why));
  return [t(`r_${reason.kind}`, { what: reason.title || reason.text || reason.item_id }), ...matched].join(" · ");
}

export function reasons(line, nShown = 4) {
  const others = line.reasons.filter((reason) => reason.kind !== "prior");
  const shown = [...line.reasons.filter((reason) => reason.kind === "prior"), ...others.slice(0, nShown)];
  const rest = others.slice(nShown);
  const entries = shown.map((reason) => [reasonText(reason), reason.contribution]);
  if (rest.length) entries.push([t("more", { n: rest.length }), rest.reduce((sum, reason) => sum + reason.contribution, 0)]);
  return el("ul", { class: "reasons" }, ...entries.map(([text, value]) =>
    el("li", {}, `${text} `, el("span", { class: `score ${value < 0 ? "minus" : "plus"}` }, signed(value)))));
}

// The score as a point, one standard deviation to both sides as a bar, all lines on one scale.
export function range(line, low, high) {
  const place = (value) => 100 * (value - low) / (high - low || 1);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const draw = (name, attributes) => {
    const shape = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    svg.append(shape);
  };
  svg.setAttribute("class", "range");
  svg.setAttribute("viewBox", "0 0 100 8");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const start = place(line.score - line.uncertainty);
  draw("line", { class: "axis", x1: 0, x2: 100, y1: 4, y2: 4 });
  draw("rect", { class: "spread", x: start, y: 1.5, width: Math.max(0, place(line.score + line.uncertainty) - start), height: 5 });
  draw("rect", { class: "point", x: place(line.score) - 0.8, y: 0, width: 1.6, height: 8 });
  return svg;
}

export function rankedList(lines, onRate) {
  const low = Math.min(...lines.map((line) => line.score - line.uncertainty));
  const high = Math.max(...lines.map((line) => line.score + line.uncertainty));
  return el("ol", { class: "list" }, ...lines.map((line) =>
    el("li", { "data-item": line.item_id },
      el("div", {}, itemLink(line), range(line, low, high),
        el("span", { class: "faint score" }, t("score", { score: line.score.toFixed(3), spread: line.uncertainty.toFixed(3) }))),
      el("div", { class: "buttons" },
        button(t("like"), () => onRate("like", line), { "aria-label": t("like_what", { what: line.title }) }),
        button(t("dislike"), () => onRate("dislike", line), { "aria-label": t("dislike_what", { what: line.title }) })),
      reasons(line))));
}

export function table(caption, columns, rows, numbers = []) {
  return el("div", { class: "scroll" }, el("table", {},
    el("caption", {}, caption),
    el("thead", {}, el("tr", {}, ...columns.map((name) => el("th", { scope: "col", class: numbers.includes(name) ? "number" : null }, t(name))))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell, place) =>
      el("td", { class: numbers.includes(columns[place]) ? "number" : null }, cell instanceof Node ? cell : String(cell ?? ""))))))));
}
