// A refused or failed htmx request never replaces a piece of the page: it is said in one sentence, already on the page.
const box = document.getElementById("problem");

function say(sentence) {
  if (!box || !sentence) return;
  box.querySelector("p").textContent = sentence;
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:response:error", (event) => {
  const status = event.detail?.ctx?.response?.status ?? 500;
  if (status !== 422) say(box?.getAttribute(`data-${status}`) ?? box?.getAttribute("data-500"));
});
document.addEventListener("htmx:error", (event) => {
  if (!event.detail?.ctx?.response) say(box?.dataset.offline);
});
// A refusal is followed by the same "after swap" as a success: the sentence stays until the next attempt.
document.addEventListener("htmx:before:request", () => {
  if (box) box.hidden = true;
});
