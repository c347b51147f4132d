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

// What takes long says so: the form is busy, its buttons rest, and a second press sends nothing more.
document.addEventListener("submit", (event) => {
  const form = event.target.closest?.("form[data-busy]");
  if (!form || event.defaultPrevented) return;
  const place = form.closest("aside, main") ?? form;
  if (place.ariaBusy === "true") return event.preventDefault();
  place.ariaBusy = "true";
  const button = event.submitter ?? form.querySelector("button");
  button.dataset.idle = button.textContent;
  button.textContent = form.dataset.busy;
  const said = place.querySelector("[data-busy-said]");
  if (said) said.textContent = form.dataset.busy;
  // Once it is sent: a button that rests already would not be part of it.
  setTimeout(() => {
    for (const one of place.querySelectorAll("form[data-busy] button")) one.disabled = true;
  });
});
// Come back by the browser's own arrow, the page is as it was left: its buttons work again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const place of document.querySelectorAll("[aria-busy=true]")) {
    place.ariaBusy = null;
    for (const one of place.querySelectorAll("form[data-busy] button")) {
      one.disabled = false;
      if (one.dataset.idle) one.textContent = one.dataset.idle;
    }
  }
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

// The very words of the page ("14 h 30", "2:30 pm"): see hour_in_words.
function hourOf(moment, timeZone) {
  const french = lang.startsWith("fr");
  const said = new Intl.DateTimeFormat(french ? "fr" : "en-GB", {
    hour: "numeric",
    minute: "2-digit",
    hourCycle: french ? "h23" : "h12",
    timeZone,
  }).format(moment);
  return french ? said.replace(/^0/, "").replace(":", "\u00a0h\u00a0").replace(/\s00$/, "") : said.replace(/\s/, "\u00a0").toLowerCase();
}

function dayOf(moment, timeZone) {
  return new Intl.DateTimeFormat(lang, { weekday: "long", timeZone }).format(moment);
}

// Only for a reader whose clock differs from the one the page was written for; the day only when it differs too.
function hint(time) {
  const moment = new Date(time.dateTime);
  const here = hourOf(moment, own);
  if (here === hourOf(moment, page.zone)) return;
  const day = dayOf(moment, own);
  const note = document.createElement("small");
  note.className = "soft";
  note.textContent = ` (${page.here.replace("%s", day === dayOf(moment, page.zone) ? here : `${day}, ${here}`)})`;
  // "14 h – 15 h": said once, at the end.
  const range = time.parentElement.querySelectorAll(":scope > time[data-moment]");
  for (const end of range) end.dataset.said = "";
  range[range.length - 1].after(note);
}

onPieces((root) => {
  for (const button of root.querySelectorAll("[data-copy][hidden], [data-print][hidden]")) button.hidden = false;
  for (const field of root.querySelectorAll("[data-counter]:not([data-counted])")) {
    field.dataset.counted = "";
    field.addEventListener("input", () => count(field));
    if (field.value) count(field);
  }
  // On a wall, the hour is that of the hall.
  if (page.zone && own && own !== page.zone && !document.querySelector("main.projector")) {
    for (const time of root.querySelectorAll("time[data-moment]:not([data-said])")) {
      if ("said" in time.dataset) continue;
      time.dataset.said = "";
      hint(time);
    }
  }
  root.querySelector("[data-focus]")?.focus();
});
