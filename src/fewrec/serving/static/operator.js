// The operator's view: what the store holds, fits, quality, requests, users, the evaluation report.
import { ApiError, call } from "./state.js";
import { button, el, table } from "./views.js";
import { lang, t } from "./words.js";

const moment = (seconds) => new Date(1000 * seconds).toLocaleString();
const percent = (share) => `${(100 * share).toFixed(1)} %`;

export async function operatorView(main, redraw, say) {
  const [summary, fits, quality, metrics, users, report] = await Promise.all([
    call("GET", "/v1/summary"), call("GET", "/v1/fits"), call("GET", "/v1/quality"), call("GET", "/metrics"),
    call("GET", "/v1/users?limit=20"), call("GET", `/report?lang=${lang()}`).catch(noReport),
  ]);
  const counts = ["items", "users", "events", "statements", "newcomers", "size_bytes"];
  const users_box = el("div", {});
  return () => {
    main.replaceChildren(
      el("h1", {}, t("operator")),
      table(t("catalogue"), counts, [counts.map((name) => summary[name].toLocaleString())], counts),
      el("h2", {}, t("fits")),
      el("p", {}, fits.current ? t("fit_current", {
        model: fits.current.model, items: fits.current.items, users: fits.current.users, when: moment(fits.current.created), writes: fits.current.writes_since,
      }) : t("fit_none")),
      el("p", {}, button(t("fit_now"), async () => { await call("POST", "/v1/fits", { reason: "operator" }); await redraw(); }, { class: "main" })),
      table(t("fits"), ["when", "state", "stage", "reason", "problem"],
        fits.jobs.map((job) => [moment(job.requested), t(job.state), job.stage, job.reason, job.error])),
      el("h2", {}, t("quality")),
      quality.days.length ? table(t("quality"), ["day", "users", "shown", "met", "hit_rate", "liked_rate"],
        quality.days.map((day) => [day.day, day.users, day.shown, day.met, percent(day.hit_rate), percent(day.liked_rate)]),
        ["users", "shown", "met", "hit_rate", "liked_rate"]) : el("p", {}, t("quality_none")),
      el("h2", {}, t("metrics")),
      table(t("metrics"), ["route", "count", "mean_ms"], latencies(metrics), ["count", "mean_ms"]),
      el("h2", {}, t("users")), users_box,
      el("h2", {}, t("evaluation")),
      report === null ? el("p", {}, t("evaluation_none")) : reportFrame(report),
    );
    showUsers(users_box, users.users, users.next);
    say("");
    if (fits.jobs.some((job) => job.state === "running")) {
      setTimeout(() => { if (location.hash === "#/operator" && !document.activeElement?.closest("table")) redraw(); }, 1500);
    }
  };
}

function noReport(error) {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}

// Fetched with the key and shown in a frame that may run its own script and reach nothing.
function reportFrame(text) {
  const frame = el("iframe", { title: t("evaluation"), sandbox: "allow-scripts" });
  frame.srcdoc = text;
  return frame;
}

function showUsers(box, users, next) {
  box.replaceChildren(
    table(t("users"), ["user_id", "events", "statements"], users.map((user) => [
      el("a", { href: `#/user/${encodeURIComponent(user.user_id)}` }, user.user_id), user.events, user.statements]), ["events", "statements"]),
    next === null ? "" : button(t("next"), async () => {
      const page = await call("GET", `/v1/users?limit=20&after=${encodeURIComponent(next)}`);
      showUsers(box, [...users, ...page.users], page.next);
    }));
}

// Sums of the latency histogram: seconds and counts by route.
function latencies(text) {
  const found = new Map();
  for (const [, what, route, value] of text.matchAll(/^fewrec_request_seconds_(sum|count)\{route="([^"]*)"\} (\S+)$/gm)) {
    found.set(route, { ...found.get(route), [what]: Number(value) });
  }
  return [...found].sort((a, b) => b[1].count - a[1].count).map(([route, { sum, count }]) => [route, count, (1000 * sum / count).toFixed(1)]);
}
