// Copy, print, count characters, show one's own hour, go to the summary of errors.
import { onPieces } from "./ready.js";

document.addEventListener("click", async (event) => {
  const copy = event.target.closest?.("[data-copy]");
  if (copy) {
    const field = document.getElementById(copy.dataset.copy);
    field.select();
    await navigator.clipboard?.writeText(field.value);
    copy.querySelector("span").textContent = copy.dataset.done;
  }
  if (event.target.closest?.("[data-print]")) window.print();
});

function count(field) {
  const line = document.getElementById(field.dataset.counter);
  if (!line) return;
  const left = field.maxLength > 0 ? field.maxLength - field.value.length : 0;
  line.classList.toggle("over", left < 0);
  line.textContent = (left < 0 ? line.dataset.over : line.dataset.left).replace("%s", String(Math.abs(left)));
}

const page = document.documentElement.dataset;
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const { lang } = document.documentElement;

function tell(moment, timeZone, options) {
  const said = new Intl.DateTimeFormat(lang, { ...options, timeZone }).format(moment);
  // "8:30" is said "8 h 30" in French, as on the rest of the page.
  return lang.startsWith("fr") ? said.replace(":", "\u00a0h\u00a0").replace(/\s00$/, "") : said;
}

// Only for a reader whose clock differs from the one the page was written for; the day only when it differs too.
function hint(time) {
  const moment = new Date(time.dateTime);
  const hour = { hour: "numeric", minute: "2-digit" };
  if (tell(moment, own, hour) === tell(moment, page.zone, hour)) return;
  const day = { weekday: "long" };
  const same = tell(moment, own, day) === tell(moment, page.zone, day);
  const note = document.createElement("small");
  note.className = "soft";
  note.textContent = ` (${page.here.replace("%s", tell(moment, own, same ? hour : { ...day, ...hour }))})`;
  time.after(note);
}

onPieces((root) => {
  for (const button of root.querySelectorAll("[data-copy][hidden], [data-print][hidden]")) button.hidden = false;
  for (const field of root.querySelectorAll("[data-counter]:not([data-counted])")) {
    field.dataset.counted = "";
    field.addEventListener("input", () => count(field));
    if (field.value) count(field);
  }
  if (page.zone && own && own !== page.zone) {
    for (const time of root.querySelectorAll("time[data-moment]:not([data-said])")) {
      time.dataset.said = "";
      hint(time);
    }
  }
  root.querySelector("[data-focus]")?.focus();
});
