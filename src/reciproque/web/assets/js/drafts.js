// Keeps a draft as one types: the whole form is posted, with its own token, one second after the last key.
import { onPieces } from "./ready.js";

function keep(form) {
  const status = form.querySelector("[data-autosave-status]");
  const say = (what) => status && (status.textContent = status.dataset[what] ?? "");
  let timer;
  let running;
  // What bears the mark of the text it started from waits for each answer, which brings the next mark.
  const since = form.elements.namedItem("since");
  let turn = Promise.resolve();

  async function save() {
    if (!since) running?.abort();
    running = new AbortController();
    const { signal } = running;
    say("saving");
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), signal });
      if (since && answer.ok) since.value = answer.headers.get("X-Since") ?? since.value;
      say(answer.ok ? "saved" : "failed");
    } catch (error) {
      if (error.name !== "AbortError") say("failed");
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      turn = since ? turn.then(save) : save();
    }, 1000);
  });
  // The real submission must not be followed by a late draft.
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    running?.abort();
  });
}

onPieces((root) => {
  for (const form of root.querySelectorAll("form[data-autosave]:not([data-kept])")) {
    form.dataset.kept = "";
    keep(form);
  }
});
