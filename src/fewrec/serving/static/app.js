// The page: a visitor's list, search, item pages, a known user's list, the operator's view. One route a view, in the hash.
import { operatorView } from "./operator.js";
import { ApiError, anonymousProfile, call, rate, remember, startOver, visitor } from "./state.js";
import { button, chips, el, itemLink, rankedList, reasons, understood } from "./views.js";
import { lang, setLang, t } from "./words.js";

const main = document.getElementById("main");
const status = document.getElementById("status");
let latest = 0; // the view drawn last: an answer that comes too late is not drawn over it

function say(text, isError = false) {
  status.textContent = text;
  status.classList.toggle("error", isError);
}

function chrome() {
  document.documentElement.lang = lang() === "zh" ? "zh-CN" : "en";
  for (const each of document.querySelectorAll("[data-text]")) each.textContent = t(each.dataset.text);
  document.getElementById("language").textContent = t("language");
  const here = location.hash.split("/")[1] || "";
  for (const link of document.querySelectorAll("header nav a")) {
    if (link.getAttribute("href") === `#/${here}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

// -- discover ----------------------------------------------------------------------------------------------------------------

function tellings() {
  const remove = (kind, key) => {
    if (kind === "said") visitor.say = visitor.say.filter((text) => text !== key);
    else for (const each of ["like", "dislike"]) visitor[each] = visitor[each].filter((item) => item.item_id !== key);
    remember();
    return draw();
  };
  return chips([
    ...visitor.say.map((text) => ({ text, kind: "said", key: text })),
    ...visitor.like.map((item) => ({ text: item.title, kind: "liked", key: item.item_id })),
    ...visitor.dislike.map((item) => ({ text: item.title, kind: "disliked", key: item.item_id })),
  ], remove);
}

function sentenceForm() {
  const field = el("input", { id: "sentence", name: "sentence", maxlength: 500, placeholder: t("say_hint"), autocomplete: "off" });
  const submit = (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text && !visitor.say.includes(text)) {
      visitor.say = [...visitor.say, text];
      remember();
      draw("sentence");
    }
  };
  return el("form", { class: "say", onsubmit: submit }, el("label", { for: "sentence" }, t("say")),
    field, el("p", {}, el("button", { class: "main", type: "submit" }, t("add"))));
}

function questionBox(questions) {
  const answer = (kind, item) => {
    if (kind === "skip") {
      visitor.skipped = [...visitor.skipped, item.item_id];
      remember();
    } else rate(kind, item);
    return draw("questions");
  };
  const open = questions.filter((item) => !visitor.skipped.includes(item.item_id)).slice(0, 5);
  return el("section", { "aria-labelledby": "questions" }, el("h2", { id: "questions", tabindex: -1 }, t("questions")),
    ...open.map((item) => el("div", { class: "question", "data-item": item.item_id }, itemLink(item),
      button(t("like"), () => answer("like", item), { "aria-label": t("like_what", { what: item.title }) }),
      button(t("dislike"), () => answer("dislike", item), { "aria-label": t("dislike_what", { what: item.title }) }),
      button(t("skip_question"), () => answer("skip", item), { "aria-label": t("skip_what", { what: item.title }) }))));
}

async function discover(focus) {
  const known = visitor.like.length + visitor.dislike.length + visitor.say.length > 0;
  const [found, questions, taste] = await Promise.all([
    call("POST", "/v1/recommendations", { ...anonymousProfile(), k: 10 }),
    call("POST", "/v1/questions", { ...anonymousProfile(), k: Math.min(50, 5 + visitor.skipped.length) }),
    known ? call("POST", "/v1/profile", { ...anonymousProfile(), lang: lang() }) : null,
  ]);
  return () => {
    main.replaceChildren(
      el("h1", {}, t("hello")), el("p", { class: "faint" }, t("nothing_stored")),
      el("div", { class: "columns" },
        el("div", {}, sentenceForm(), tellings(), understood(found), known ? button(t("start_over"), () => { startOver(); return draw("sentence"); }) : "",
          taste ? el("section", {}, el("h2", {}, t("taste")), el("p", { class: "taste", id: "taste" }, taste.text)) : "",
          questionBox(questions.questions)),
        el("section", { "aria-labelledby": "list" }, el("h2", { id: "list", tabindex: -1 }, t(known ? "list" : "list_anybody")),
          rankedList(found.items, (kind, item) => { rate(kind, item); return draw("list"); }))));
    say(known ? t("updated", { n: found.items.length, what: found.items[0]?.title ?? "" }) : "");
    if (focus) document.getElementById(focus)?.focus();
  };
}

// -- search, items, users ----------------------------------------------------------------------------------------------------

async function search(query, after = "", before = []) {
  const page = await call("GET", `/v1/items?limit=30&q=${encodeURIComponent(query)}&after=${encodeURIComponent(after)}`);
  const items = [...before, ...page.items];
  return () => {
    const field = el("input", { id: "query", type: "search", value: query, maxlength: 200 });
    const submit = (event) => {
      event.preventDefault();
      location.hash = `#/search/${encodeURIComponent(field.value.trim())}`;
    };
    main.replaceChildren(el("h1", {}, t("search")),
      el("form", { role: "search", onsubmit: submit }, el("label", { for: "query" }, t("search_label")),
        field, el("p", {}, el("button", { class: "main", type: "submit" }, t("search")))),
      items.length ? el("ol", { class: "list" }, ...items.map((item) => el("li", { "data-item": item.item_id }, el("div", {}, itemLink({ ...item, title: item.title || item.name }), " ",
        el("span", { class: "faint" }, item.genres || ""))))) : el("p", {}, t("empty")),
      page.next === null ? "" : button(t("next"), async () => { (await search(query, page.next, items))(); }));
    say(t("found", { n: items.length }));
  };
}

async function itemPage(id) {
  const path = `/v1/items/${encodeURIComponent(id)}`;
  const [item, features, similar] = await Promise.all([
    call("GET", path), call("GET", `${path}/features?lang=${lang()}`), call("GET", `${path}/similar?k=8`),
  ]);
  const titled = { item_id: id, title: item.title || item.name || id };
  const choose = (kind) => { rate(kind, titled); location.hash = "#/"; };
  return () => {
    main.replaceChildren(el("h1", {}, titled.title),
      el("p", { class: "buttons" }, button(t("like"), () => choose("like"), { class: "main" }), button(t("dislike"), () => choose("dislike"))),
      el("dl", { class: "fields" }, ...Object.entries(item).filter(([name]) => name !== "title").flatMap(([name, value]) =>
        [el("dt", {}, name), el("dd", {}, String(value))])),
      el("h2", {}, t("features")), el("p", { class: "taste" }, features.text),
      el("h2", {}, t("similar")), el("ol", { class: "list" }, ...similar.items.map((each) =>
        el("li", { "data-item": each.item_id }, itemLink(each), el("span", { class: "faint score" }, each.score.toFixed(3))))));
    say("");
  };
}

async function userPage(id) {
  const path = `/v1/users/${encodeURIComponent(id)}`;
  const [found, taste] = await Promise.all([call("GET", `${path}/recommendations?k=10`), call("GET", `${path}/profile?lang=${lang()}`)]);
  return () => {
    main.replaceChildren(el("h1", {}, `${t("user_id")} ${id}`), el("p", { class: "taste" }, taste.text),
      el("ol", { class: "list" }, ...found.items.map((line) => el("li", {}, itemLink(line),
        el("span", { class: "faint score" }, `${line.score.toFixed(3)} ± ${line.uncertainty.toFixed(3)}`), reasons(line)))));
    say("");
  };
}

// -- the frame ---------------------------------------------------------------------------------------------------------------

function keyForm() {
  const field = el("input", { id: "key", type: "password", autocomplete: "off" });
  const submit = (event) => {
    event.preventDefault();
    sessionStorage.setItem("key", field.value.trim());
    draw();
  };
  return el("form", { onsubmit: submit }, el("p", {}, t("key_hint")), el("label", { for: "key" }, t("key")), field,
    el("p", {}, el("button", { class: "main", type: "submit" }, t("use_key"))));
}

async function view(focus) {
  const [, name, ...rest] = location.hash.split("/");
  const argument = decodeURIComponent(rest.join("/"));
  if (name === "search") return search(argument);
  if (name === "item") return itemPage(argument);
  if (name === "user") return userPage(argument);
  if (name === "operator") return operatorView(main, () => draw(), say);
  return discover(focus);
}

async function draw(focus) {
  const mine = ++latest;
  chrome();
  main.setAttribute("aria-busy", "true");
  try {
    const show = await view(focus);
    if (mine === latest) show();
  } catch (error) {
    if (mine !== latest) return;
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) main.replaceChildren(keyForm());
    say(t("error", { what: error.message }), true);
  } finally {
    if (mine === latest) main.removeAttribute("aria-busy");
  }
}

document.getElementById("language").addEventListener("click", () => {
  setLang(lang() === "zh" ? "en" : "zh");
  draw();
});
window.addEventListener("hashchange", () => draw().then(() => main.focus()));
draw();
