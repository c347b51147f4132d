// Typing in a fair: each line is kept in this browser until the server has it, once, however bad the network.
const form = document.querySelector("form[data-typing]");
const unsent = document.getElementById("unsent");
const LETTERS = "23456789bcdfghjkmnpqrstvwxz";
const RETRY = 3000;
const PATIENCE = 10000;

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint32Array(12)), (n) => LETTERS[n % LETTERS.length]).join("");
}

// The screens that ask again by themselves say nothing of a cut: typing goes on, and the page must not move.
function watchLive() {
  const cut = document.getElementById("cut");
  for (const name of ["htmx:error", "htmx:response:error"]) {
    addEventListener(
      name,
      (event) => {
        if (!event.target.closest?.("[data-live]")) return;
        event.stopPropagation();
        if (cut) cut.hidden = false;
      },
      true,
    );
  }
  document.addEventListener("htmx:after:swap", () => cut && (cut.hidden = true));
}

// Names of members, completed while one types; without network one types the whole name.
function completeNames(field, address, list) {
  let timer;
  let last = "";
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const words = field.value.trim();
      if (words.length < 2 || words === last) return;
      last = words;
      try {
        const answer = await fetch(`${address}?q=${encodeURIComponent(words)}`, { signal: AbortSignal.timeout(PATIENCE) });
        const { names } = await answer.json();
        list.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
      } catch {
        last = "";
      }
    }, 200);
  });
}

function queueIn(place) {
  const name = `reciproque.typed.${place}`;
  let memory = [];
  let kept = true;
  return {
    get kept() {
      return kept;
    },
    read() {
      try {
        memory = JSON.parse(localStorage.getItem(name) ?? "[]");
      } catch {
        kept = false;
      }
      return memory;
    },
    write(items) {
      memory = items;
      try {
        if (items.length) localStorage.setItem(name, JSON.stringify(items));
        else localStorage.removeItem(name);
        kept = true;
      } catch {
        kept = false;
      }
    },
    change(key, more) {
      this.write(this.read().flatMap((item) => (item.key !== key ? [item] : more ? [{ ...item, ...more }] : [])));
    },
  };
}

function startTyping() {
  const queue = queueIn(form.dataset.place);
  const { who, words, key } = form.elements;
  const list = unsent.querySelector("ul");
  const row = unsent.querySelector("template");
  const state = document.getElementById("unsent-state");
  const token = form.elements.csrfmiddlewaretoken.value;
  let sending = false;
  let timer;

  function draw(said) {
    const items = queue.read();
    unsent.hidden = items.length === 0;
    if (said) state.textContent = unsent.dataset[queue.kept ? said : "unkept"];
    list.replaceChildren(
      ...items.map((item) => {
        const piece = row.content.firstElementChild.cloneNode(true);
        piece.dataset.key = item.key;
        piece.querySelector(".who").textContent = item.who;
        piece.querySelector(".side").textContent = unsent.dataset[item.kind];
        piece.querySelector(".words").textContent = item.words;
        const why = piece.querySelector(".why");
        why.textContent = item.refused ?? "";
        why.hidden = piece.querySelector(".acts:not(.which)").hidden = !item.refused;
        const which = piece.querySelector(".which");
        which.hidden = !item.choices?.length;
        // Sent again as it is, it would be asked again.
        piece.querySelector("[data-act=again]").hidden = !which.hidden;
        which.replaceChildren(
          ...(item.choices ?? []).map(({ value, label, line }) => {
            const text = line ? `${label} (${line})` : label;
            const one = Object.assign(document.createElement("button"), { type: "button", className: "button normal", textContent: text });
            Object.assign(one.dataset, { act: "which", which: value });
            return one;
          }),
        );
        return piece;
      }),
    );
  }

  // What became of one line: kept there (null), refused with a sentence, or the reason to wait.
  async function send(item) {
    const body = new FormData();
    for (const name of ["key", "kind", "words", "who", "which"]) body.set(name, item[name] ?? "");
    let answer;
    try {
      answer = await fetch(form.dataset.typing, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": token },
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      return { wait: "offline" };
    }
    if (answer.ok) return {};
    if (answer.status === 422) {
      const { errors, choices } = await answer.json();
      return { refused: errors.join(" "), choices };
    }
    if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) return { wait: "signedOut" };
    return { wait: "offline" };
  }

  async function flush() {
    clearTimeout(timer);
    if (sending) return;
    sending = true;
    let wait = "";
    let arrived = false;
    try {
      for (let item; !wait && (item = queue.read().find((one) => !one.refused)); ) {
        const done = await send(item);
        if (done.wait) wait = done.wait;
        else {
          queue.change(item.key, done.refused ? { refused: done.refused, choices: done.choices } : null);
          arrived ||= !done.refused;
        }
        draw(wait || "sending");
      }
    } finally {
      sending = false;
    }
    if (arrived) document.body.dispatchEvent(new CustomEvent("typed"));
    if (wait === "offline") timer = setTimeout(flush, RETRY);
    if (!queue.read().some((item) => !item.refused)) state.textContent = "";
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const kind = new FormData(form).get("kind");
    if (!who.value.trim() || !words.value.trim() || !kind) return;
    queue.write([...queue.read(), { key: key.value || newKey(), kind, who: who.value.trim(), words: words.value.trim() }]);
    key.value = newKey();
    words.value = "";
    words.focus();
    draw("sending");
    flush();
  });
  list.addEventListener("click", (event) => {
    const act = event.target.closest("button")?.dataset.act;
    const item = act && queue.read().find((one) => one.key === event.target.closest("li").dataset.key);
    if (!item) return;
    if (act === "again") queue.change(item.key, { refused: undefined, choices: undefined });
    else if (act === "which") queue.change(item.key, { refused: undefined, choices: undefined, which: event.target.closest("button").dataset.which });
    else queue.change(item.key, null);
    if (act === "take") {
      who.value = item.who;
      words.value = item.words;
      form.querySelector(`[name=kind][value=${item.kind}]`).checked = true;
      words.focus();
    }
    draw("sending");
    if (act === "again" || act === "which") flush();
  });
  addEventListener("online", flush);
  // The same laptop may hold two windows of the same page.
  addEventListener("storage", () => draw());
  draw("sending");
  flush();
}

if (document.querySelector("[data-live]")) watchLive();
for (const one of document.querySelectorAll("form[data-names]")) {
  const field = one.querySelector("input[list]");
  if (field) completeNames(field, one.dataset.names, document.getElementById(field.getAttribute("list")));
}
if (form && unsent) startTyping();
