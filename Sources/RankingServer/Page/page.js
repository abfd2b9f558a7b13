"use strict";
// The page of a ranking service: one user, what the language model made of them, and their ranking as it changes.

const $ = (id) => document.getElementById(id);
const state = { user: "", items: [], places: new Map(), token: "", timer: 0, counter: 0 };

async function call(method, path, body) {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (state.token) headers.Authorization = `Bearer ${state.token}`;
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  if (answer.status === 401) $("access").hidden = false;
  if (!answer.ok) {
    let detail = text;
    try { const problem = JSON.parse(text); detail = `${problem.title}: ${problem.detail}`; } catch { /* not JSON */ }
    throw new Error(detail);
  }
  return path === "/metrics" ? text : JSON.parse(text);
}

function say(text) { $("status").textContent = text; }

async function attempt(work) {
  try { await work(); } catch (error) { say(error.message); }
}

function fill(list, texts) {
  list.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

function showUser(user) {
  $("profile").textContent = user.profile || "Nothing but their behaviours is known.";
  fill($("recent"), user.recent.map((one) => one.title || one.item));
  const made = user.features;
  const badge = $("freshness");
  badge.className = "badge " + (made && !made.isStale ? "fresh" : "stale");
  badge.textContent = !made ? "no features yet" : made.isStale ? "stale: newer behaviours are being reasoned about" : "fresh";
  $("reasoning").textContent = made ? made.reasoning || made.text : "";
  $("answer").textContent = made ? made.answer || "nothing" : "";
  $("codes").replaceChildren(...(made ? made.codes : []).map((code) =>
    Object.assign(document.createElement("span"), { textContent: code })));
  $("similar").textContent = (made ? made.similarUsers : [])
    .map((one) => `${one.user} (cosine ${one.similarity.toFixed(3)})`).join(", ");
  fill($("lent"), (made ? made.similarSequence : []).slice(0, 8).map((one) => one.title || one.item));
  return made;
}

function move(place, item) {
  const before = state.places.get(item);
  if (before === undefined || before === place) return null;
  const mark = document.createElement("span");
  mark.className = before > place ? "up" : "down";
  mark.textContent = before > place ? ` ▲${before - place}` : ` ▼${place - before}`;
  mark.setAttribute("aria-label", before > place ? `up ${before - place}` : `down ${place - before}`);
  return mark;
}

function row(entry, place) {
  const line = document.createElement("tr");
  const title = state.titles.get(entry.item) || entry.item;
  const buy = Object.assign(document.createElement("button"), { type: "button", textContent: title });
  buy.title = "the user buys it";
  buy.addEventListener("click", () => attempt(() => add(entry.item, title)));
  const cells = [String(place + 1), buy, entry.ctr.toFixed(4), entry.ctcvr.toExponential(2)].map((content) => {
    const cell = document.createElement("td");
    cell.append(content);
    return cell;
  });
  const mark = move(place, entry.item);
  if (mark) cells[0].append(mark);
  line.append(...cells);
  return line;
}

async function showRanking(keepsPlaces) {
  if (state.items.length === 0) return;
  const ranking = await call("POST", "/v1/rank", { user: state.user, items: state.items });
  const wanted = $("filter").value.trim().toLowerCase();
  const lines = ranking.items.map(row);
  $("items").replaceChildren(...lines.filter((line) => line.textContent.toLowerCase().includes(wanted)));
  $("ranker").textContent = ranking.ranker === "enhanced"
    ? `by the enhanced ranker, code book ${ranking.codebook}` : `by the baseline ranker (${ranking.fallback})`;
  if (!keepsPlaces) state.places = new Map(ranking.items.map((entry, place) => [entry.item, place]));
}

async function refresh(keepsPlaces) {
  const made = showUser(await call("GET", `/v1/users/${encodeURIComponent(state.user)}`));
  await showRanking(keepsPlaces);
  return made;
}

async function show(user) {
  state.user = user;
  state.places = new Map();
  say(`User ${user}`);
  await refresh(false);
}

async function add(item, title) {
  state.counter += 1;
  const id = `page-${Date.now()}-${state.counter}`;
  await call("POST", "/v1/events", { id, user: state.user, item, kind: "purchase" });
  say(`Bought: ${title}. The model is reasoning…`);
  await refresh(true);
  await untilFresh();
}

// Asks until the features have seen the newest behaviour.
async function untilFresh() {
  clearTimeout(state.timer);
  const user = state.user;
  const begun = performance.now();
  const look = async () => {
    if (user !== state.user) return;
    const made = await refresh(true);
    if (made && !made.isStale) {
      say(`New features after ${((performance.now() - begun) / 1000).toFixed(1)} s.`);
      await gauges();
    } else if (performance.now() - begun < 120000) {
      state.timer = setTimeout(() => attempt(look), 500);
    }
  };
  state.timer = setTimeout(() => attempt(look), 500);
}

function number(text, name, labels) {
  const line = text.split("\n").find((one) => one.startsWith(labels ? `${name}{${labels}} ` : `${name} `));
  return line ? Number(line.slice(line.lastIndexOf(" ") + 1)) : 0;
}

function sum(text, name) {
  return text.split("\n").filter((line) => line.startsWith(name + "{") || line.startsWith(name + " "))
    .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

async function gauges() {
  const text = await call("GET", "/metrics");
  const freshness = number(text, "taiji_freshness_seconds_count");
  const computed = number(text, "taiji_rank_seconds_count", 'phase="compute"');
  const shown = [
    ["Rankings", sum(text, "taiji_rankings_total")],
    ["Computing a ranking", computed ? `${(1000 * number(text, "taiji_rank_seconds_sum", 'phase="compute"') / computed).toFixed(2)} ms` : "–"],
    ["Events kept", number(text, "taiji_events_total", 'kept="new"')],
    ["Users reasoned about", number(text, "taiji_reasoned_users_total")],
    ["Event to features, mean", freshness ? `${(number(text, "taiji_freshness_seconds_sum") / freshness).toFixed(1)} s` : "–"],
    ["Stale users waiting", sum(text, "taiji_stale_users")],
    ["Users given up", sum(text, "taiji_given_up_users")],
    ["Users left out", sum(text, "taiji_dropped_users")],
  ];
  $("gauges").replaceChildren(...shown.flatMap(([name, value]) => [
    Object.assign(document.createElement("dt"), { textContent: name }),
    Object.assign(document.createElement("dd"), { textContent: value }),
  ]));
}

async function begin() {
  const { users } = await call("GET", "/v1/users?limit=500");
  $("users").replaceChildren(...users.map((id) => Object.assign(document.createElement("option"), { value: id })));
  const { items } = await call("GET", "/v1/items?limit=200");
  state.items = items.map((item) => item.id);
  state.titles = new Map(items.map((item) => [item.id, item.title]));
  const { active } = await call("GET", "/v1/versions");
  $("version").textContent = `version ${active}`;
  await gauges();
  const asked = new URLSearchParams(location.search).get("user") || users[0];
  if (asked) {
    $("user").value = asked;
    await show(asked);
  }
}

$("choose").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(() => show($("user").value.trim()));
});
$("access").addEventListener("submit", (event) => {
  event.preventDefault();
  state.token = $("token").value;
  attempt(begin);
});
$("filter").addEventListener("input", () => attempt(() => showRanking(true)));
setInterval(() => { if (!document.hidden) attempt(gauges); }, 5000);
attempt(begin);
