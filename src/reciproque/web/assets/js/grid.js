// Moving subjects in the grid of a launch day, by dragging or with the arrows. The links "Déplacer" do the same without it.
const said = document.getElementById("grid-said");
let taken = null;
let sending = false;

const grid = () => document.querySelector("#grid[data-grid]");
const say = (name, words = "") => {
  if (said) said.textContent = (said.dataset[name] ?? "").replace("%s", words);
};

// Rows of cells, the list of what is not placed being the last row.
function rows() {
  const lines = [...grid().querySelectorAll("tbody tr")].map((line) => [...line.querySelectorAll("[data-cell]")]);
  const rest = grid().querySelector('[data-cell=""]');
  return rest ? [...lines, [rest]] : lines;
}

function nameOf(cell) {
  if (!cell.dataset.cell) return document.getElementById("unplaced-title")?.textContent.trim() ?? "";
  return `${cell.parentElement.querySelector("th").textContent.trim()}, ${cell.dataset.label}`;
}

const holds = (cell, subject) => Boolean(cell.dataset.cell) && "full" in cell.dataset && !cell.contains(subject);

function mark(cell) {
  for (const one of grid().querySelectorAll(".over, .busy")) one.classList.remove("over", "busy");
  if (cell) cell.classList.add(holds(cell, taken.subject) ? "busy" : "over");
}

function take(subject) {
  taken = { subject, cell: subject.closest("[data-cell]") };
  taken.over = taken.cell;
  subject.classList.add("taken");
  mark(taken.cell);
}

function release() {
  if (!taken) return;
  mark(null);
  taken.subject.classList.remove("taken");
  taken = null;
}

function focusOn(id) {
  grid()?.querySelector(`[data-subject="${id}"]`)?.focus();
}

// The server answers with the table as it is: moved, or as somebody else just left it, with the reason above.
async function put(subject, cell) {
  const { move, version, subject: id } = subject.dataset;
  if (sending || cell.contains(subject)) return;
  sending = true;
  const token = JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}")["X-CSRFToken"];
  const body = new FormData();
  body.set("cell", cell.dataset.cell);
  body.set("version", version);
  try {
    const answer = await fetch(move, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": token, "X-Moved": "1" },
      redirect: "manual",
      signal: AbortSignal.timeout(10000),
    });
    if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    grid().replaceWith(page.getElementById("grid"));
    enhance();
    focusOn(id);
    if (answer.ok) say("done");
    else said.textContent = grid().querySelector(".callout")?.textContent.trim() ?? "";
  } catch {
    say("failed");
  } finally {
    sending = false;
  }
}

function drop(cell) {
  const { subject } = taken;
  const busy = holds(cell, subject);
  release();
  if (busy) say("busy");
  else put(subject, cell);
}

function step(key) {
  const lines = rows();
  const y = lines.findIndex((line) => line.includes(taken.over));
  const x = Math.max(lines[y].indexOf(taken.over), taken.x ?? 0);
  const [dy, dx] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
  const line = lines[y + dy];
  if (!line) return;
  const place = line.length === 1 && !line[0].dataset.cell ? 0 : Math.min(Math.max(x + dx, 0), line.length - 1);
  taken.x = line[0].dataset.cell ? place : x;
  taken.over = line[place];
  mark(taken.over);
  taken.over.scrollIntoView({ block: "nearest", inline: "nearest" });
  say("over", nameOf(taken.over));
  if (holds(taken.over, taken.subject)) say("busy");
}

function onKey(event) {
  const subject = event.target.closest?.("[data-move]");
  // A link inside keeps its own keys.
  if (!subject || event.target !== subject || !grid()) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    if (taken) drop(taken.over);
    else {
      take(subject);
      say("taken", subject.dataset.title);
    }
  } else if (taken && event.key.startsWith("Arrow")) {
    event.preventDefault();
    step(event.key);
  } else if (taken && event.key === "Escape") {
    event.preventDefault();
    release();
    say("back");
  }
}

function enhance() {
  for (const subject of grid()?.querySelectorAll("[data-move]") ?? []) {
    subject.draggable = true;
    subject.tabIndex = 0;
    subject.setAttribute("role", "group");
    if (said?.dataset.role) subject.setAttribute("aria-roledescription", said.dataset.role);
    subject.setAttribute("aria-label", subject.dataset.title);
  }
}

if (grid() && said) {
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusout", (event) => taken?.subject === event.target && !taken.dragged && release());
  document.addEventListener("dragstart", (event) => {
    const subject = event.target.closest?.("[data-move]");
    if (!subject) return;
    release();
    take(subject);
    taken.dragged = true;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", subject.dataset.title);
  });
  document.addEventListener("dragover", (event) => {
    const cell = taken && event.target.closest?.("#grid [data-cell]");
    if (!cell) return;
    mark(cell);
    if (!holds(cell, taken.subject)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const cell = taken && event.target.closest?.("#grid [data-cell]");
    if (!cell) return;
    event.preventDefault();
    drop(cell);
  });
  document.addEventListener("dragend", release);
  enhance();
}
