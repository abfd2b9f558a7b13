"use strict";
// Draws the figures of the page when they come into view, and shows one run and one user at a time.
(() => {
  const content = JSON.parse(document.getElementById("content").textContent);
  const failures = [];
  window.addEventListener("error", (event) => failures.push(event.message));
  window.addEventListener("unhandledrejection", (event) => failures.push(String(event.reason)));

  // --- elements ------------------------------------------------------------------------------------------------------

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function table(title, columns, rows) {
    const head = element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, name)));
    const body = rows.map((row) => element("tr", {}, ...row.map((cell, place) =>
      place === 0 ? element("th", { scope: "row" }, String(cell))
        : element("td", typeof cell === "string" ? { class: "text" } : {}, format(cell)))));
    return element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": title },
      element("table", {}, element("caption", {}, title), element("thead", {}, head), element("tbody", {}, ...body)));
  }

  function format(value) {
    return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)).toString() : String(value);
  }

  // --- figures -------------------------------------------------------------------------------------------------------

  // Colours that the colour-blind tell apart too (Okabe and Ito).
  const light = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#555d66", "#8c510a", "#5e3c99", "#1b7837"];
  const dark = ["#56b4e9", "#ff9248", "#2ecc9a", "#e6a3cb", "#f0c040", "#8fd0ff", "#b5bdc6", "#d8a05c", "#b39ddb", "#7fd187"];
  const plots = new Map();  // element -> its figure

  function shade(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

  function theme() {
    const [text, line] = ["--text", "--line"].map(shade);
    const axis = { gridcolor: line, zerolinecolor: text, linecolor: line, automargin: true };
    const colorway = document.documentElement.dataset.theme === "dark" ? dark : light;
    return {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: text, family: "system-ui, sans-serif" },
      colorway, template: { layout: { xaxis: axis, yaxis: axis, shapedefaults: { line: { color: text } } } },
    };
  }

  function layoutOf(plot) {
    const y = -75 / ((plot.layout.height || 380) - 70);  // below the axis' title, whatever the height
    return {
      margin: { l: 60, r: 20, t: 20, b: 50 }, legend: { orientation: "h", y, yanchor: "top" }, hovermode: "closest", ...plot.layout,
      ...theme(),
    };
  }

  // What has one name has one colour, in every panel.
  function tracesOf(plot) {
    const colors = document.documentElement.dataset.theme === "dark" ? dark : light;
    const names = [...new Set(plot.data.map((trace) => trace.name))];
    const seen = new Set();
    return plot.data.map((trace) => {
      const color = colors[names.indexOf(trace.name) % colors.length];
      const showlegend = !seen.has(trace.name);
      seen.add(trace.name);
      if (trace.type === "scatter" || trace.type === "bar" || trace.type === "histogram") {
        const drawn = { ...trace, showlegend, marker: { color, ...trace.marker }, line: { color, ...trace.line } };
        // On a bar of its own colour, an interval would not be seen.
        if (trace.type === "bar" && trace.error_y) drawn.error_y = { ...trace.error_y, color: shade("--text") };
        return drawn;
      }
      const line = shade("--flow");
      return trace.type === "sankey" ? { ...trace, link: { ...trace.link, color: line } } : { ...trace };
    });
  }

  function draw(place) {
    const plot = plots.get(place);
    if (!plot || place.dataset.drawn) return null;
    place.dataset.drawn = "yes";
    place.style.minHeight = "";
    return Plotly.newPlot(place, tracesOf(plot), layoutOf(plot), { displayModeBar: false, responsive: true })
      .catch((error) => failures.push(`${plot.id}: ${error}`));
  }

  const watcher = new IntersectionObserver(async (entries) => {
    const seen = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    for (const place of seen) watcher.unobserve(place);
    await Promise.all(seen.map(draw));
    // The first call has what is in view when the page opens: now a reader can begin.
    if (!document.documentElement.dataset.ready) document.documentElement.dataset.ready = String(Math.round(performance.now()));
  }, { rootMargin: "300px" });

  // The numbers of a trace, with columns that say what they are.
  function rowsOf(trace, plot) {
    const horizontal = title(plot.layout.xaxis, "x");
    const vertical = title(plot.layout[trace.yaxis ? trace.yaxis.replace("y", "yaxis") : "yaxis"], "y");
    const ends = (values, errors, place) => [values[place] - errors.arrayminus[place], values[place] + errors.array[place]];
    if (trace.type === "sankey") {
      const { source, target, label } = trace.link;
      return { columns: ["made from", "as", "step"],
        rows: source.map((from, place) => [trace.node.label[from], label[place], trace.node.label[target[place]]]) };
    }
    if (trace.type === "heatmap") {
      return { columns: ["", "", trace.name], rows: trace.z.flatMap((line, y) => line.map((value, x) => [trace.y[y], trace.x[x], value])) };
    }
    if (trace.type === "histogram") {
      return { columns: ["", "number", horizontal], rows: trace.x.map((value, place) => [trace.name, place + 1, value]) };
    }
    const names = trace.text || trace.hovertext;
    const across = trace.error_x && trace.text ? [] : [horizontal];  // a forest plot's vertical place is only a row
    if (trace.error_x && trace.text) {
      return { columns: ["", "", horizontal, "lower", "upper"],
        rows: trace.x.map((x, place) => [trace.name, names[place], x, ...ends(trace.x, trace.error_x, place)]) };
    }
    const columns = ["", ...(names ? [""] : []), ...across, ...(trace.error_x ? ["lower", "upper"] : []), vertical,
      ...(trace.error_y ? ["lower", "upper"] : [])];
    const rows = trace.x.map((x, place) => [trace.name, ...(names ? [names[place]] : []), x,
      ...(trace.error_x ? ends(trace.x, trace.error_x, place) : []), trace.y[place],
      ...(trace.error_y ? ends(trace.y, trace.error_y, place) : [])]);
    return { columns, rows };
  }

  function title(axis, otherwise) { return (axis && axis.title && axis.title.text) || otherwise; }

  // One table for all traces that have the same columns.
  function numbers(plot) {
    const tables = new Map();
    for (const trace of plot.data) {
      const { columns, rows } = rowsOf(trace, plot);
      const key = columns.join("\u0000");
      if (!tables.has(key)) tables.set(key, { columns, rows: [] });
      tables.get(key).rows.push(...rows);
    }
    return [...tables.values()].map(({ columns, rows }) => table(`${plot.title}: numbers`, columns, rows));
  }

  function figure(plot) {
    const place = element("div", { id: plot.id, role: "img", "aria-label": plot.description });
    place.style.minHeight = `${plot.layout.height || 380}px`;
    const details = element("details", {}, element("summary", {}, "Numbers"));
    details.addEventListener("toggle", () => { if (details.open && details.children.length === 1) details.append(...numbers(plot)); });
    plots.set(place, plot);
    watcher.observe(place);
    const isWide = ["sankey"].includes(plot.data[0] && plot.data[0].type) || plot.layout.height > 500;
    return element("figure", isWide ? { class: "wide" } : {}, element("figcaption", {}, plot.title),
      element("p", {}, plot.description), place, details);
  }

  function forget(container) {
    for (const place of container.querySelectorAll("[role=img]")) {
      watcher.unobserve(place);
      if (place.dataset.drawn) Plotly.purge(place);
      plots.delete(place);
    }
    container.replaceChildren();
  }

  // --- light and dark ------------------------------------------------------------------------------------------------

  const button = document.getElementById("theme");
  function setTheme(name, keep) {
    document.documentElement.dataset.theme = name;
    button.textContent = name === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", `Switch to ${name === "dark" ? "light" : "dark"} colours`);
    const redrawn = [...plots.keys()].filter((place) => place.dataset.drawn).map((place) =>
      Plotly.react(place, tracesOf(plots.get(place)), layoutOf(plots.get(place)), { displayModeBar: false, responsive: true }));
    // A page opened from a file may not be allowed to remember.
    if (keep) try { localStorage.setItem("taiji-theme", name); } catch { /* the choice lasts as long as the page */ }
    return redrawn;
  }
  let remembered = null;
  try { remembered = localStorage.getItem("taiji-theme"); } catch { /* nothing is remembered */ }
  const asked = location.hash.match(/theme=(light|dark)/);
  setTheme((asked && asked[1]) || remembered || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"), false);
  button.addEventListener("click", () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark", true));

  // --- results -------------------------------------------------------------------------------------------------------

  for (const container of document.querySelectorAll("[data-section]")) {
    container.append(...content.results[Number(container.dataset.section)].map(figure));
  }
  if (content.arms.length) {
    const arms = document.getElementById("arms");
    arms.hidden = false;
    arms.querySelector(".plots").append(...content.arms.map(figure));
  }

  // --- one run -------------------------------------------------------------------------------------------------------

  function showRun(run) {
    const groups = document.getElementById("groups");
    forget(groups);
    for (const group of run.groups) {
      groups.append(element("h3", {}, group.title));
      if (group.missing) groups.append(element("p", { class: "missing" }, group.missing));
      if (group.facts.length) {
        groups.append(element("dl", {}, ...group.facts.map(([name, value]) =>
          element("div", {}, element("dt", {}, name), element("dd", {}, value)))));
      }
      if (group.plots.length) groups.append(element("div", { class: "plots" }, ...group.plots.map(figure)));
    }
    const details = element("details", {}, element("summary", {}, "Every step's digest and what it was made from"));
    details.append(table("Lineage", ["step", "digest", "made from"], run.lineage));
    groups.append(details);
    showUsers(run);
  }

  const runs = document.getElementById("run-select");
  runs.append(...content.runs.map((run, place) => element("option", { value: place }, run.name)));
  document.getElementById("run-choice").hidden = content.runs.length < 2;
  runs.addEventListener("change", () => showRun(content.runs[Number(runs.value)]));

  // --- one user ------------------------------------------------------------------------------------------------------

  const roles = document.getElementById("user-role");
  const users = document.getElementById("user-select");
  let shown = [];

  function showUsers(run) {
    const names = [...new Set(run.examples.map((user) => user.role))];
    roles.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
    roles.onchange = () => {
      shown = run.examples.filter((user) => user.role === roles.value);
      users.replaceChildren(...shown.map((user, place) => element("option", { value: place }, user.id)));
      showUser(0);
    };
    roles.onchange();
  }

  function showUser(place) {
    const user = shown[place];
    const article = document.getElementById("user");
    if (!user) { article.replaceChildren(element("p", { class: "missing" }, "No user of this role.")); return; }
    users.value = String(place);
    const texts = (title, list) => list.length
      ? [element("h4", {}, title), ...list.flatMap((item) => [element("p", {}, item.label), element("pre", {}, item.text)])] : [];
    article.replaceChildren(
      element("h3", {}, `User ${user.id} (${user.role})`), element("p", {}, user.profile),
      ...(user.history.length ? [element("h4", {}, "Bought before, newest first"),
        element("ol", {}, ...user.history.map((title) => element("li", {}, title)))] : []),
      ...(user.truth ? [element("h4", {}, "Bought next (the truth)"), element("p", {}, user.truth)] : []),
      ...texts("The teacher's chains of thought", user.teacher), ...texts("Answers", user.answers),
      ...texts("Rollouts and what they earned", user.rollouts),
      ...(user.feature ? texts("For the ranker", [user.feature]) : []),
      ...(user.neighbors.length ? [element("h4", {}, "Similar users"),
        element("ul", {}, ...user.neighbors.map((line) => element("li", {}, line)))] : []));
  }

  function step(by) { if (shown.length) showUser((Number(users.value) + by + shown.length) % shown.length); }
  users.addEventListener("change", () => showUser(Number(users.value)));
  document.getElementById("user-previous").addEventListener("click", () => step(-1));
  document.getElementById("user-next").addEventListener("click", () => step(1));
  document.getElementById("user-form").addEventListener("submit", (event) => event.preventDefault());

  if (content.runs.length) showRun(content.runs[0]);
  // --- a check for a browser without a window: #check draws every figure of every run in both themes, opens the numbers, goes
  // through the users, and says what came of it ---------------------------------------------------------------------------

  // Every trace that has data left a mark inside the axes; legends are not looked at.
  function isDrawn(place) {
    const traces = [...place.querySelectorAll(".scatterlayer > .trace, .barlayer > .trace")]
      .filter((trace) => trace.querySelector("path"));
    const marks = traces.length + place.querySelectorAll(".heatmaplayer image, .sankey-node").length;
    return marks >= plots.get(place).data.length;
  }

  function checkUsers(run) {
    for (const option of roles.options) {
      roles.value = option.value;
      roles.onchange();
      const first = users.value;
      for (const _ of shown) document.getElementById("user-next").click();
      if (users.value !== first) failures.push(`users of ${run.name}, ${option.value}: next does not come round`);
      if (!document.querySelector("#user h3")) failures.push(`users of ${run.name}, ${option.value}: none is shown`);
    }
  }

  async function check() {
    let [asked, drawn] = [0, 0];
    const missing = [];
    for (const run of content.runs.length ? content.runs : [null]) {
      if (run) { showRun(run); checkUsers(run); }
      const fresh = [...plots.keys()].filter((place) => !place.dataset.counted);
      for (const place of fresh) { place.dataset.counted = "yes"; await draw(place); }
      for (const name of ["light", "dark"]) {
        await Promise.all(setTheme(name, false));
        for (const place of fresh) {
          asked += 1;
          if (isDrawn(place)) drawn += 1; else missing.push(`${place.id} (${name})`);
        }
      }
      for (const place of fresh) {
        const details = place.parentElement.querySelector("details");
        details.open = true;
        await new Promise((done) => setTimeout(done));
        const cells = [...details.querySelectorAll("td")];
        if (!cells.length || cells.some((cell) => /NaN|undefined|null/.test(cell.textContent))) missing.push(`${place.id} (numbers)`);
      }
    }
    document.documentElement.dataset.check = JSON.stringify({ asked, drawn, missing, failures });
  }
  if (location.hash.startsWith("#check")) check().catch((error) => {
    document.documentElement.dataset.check = JSON.stringify({ failures: [String(error)] });
  });
})();
