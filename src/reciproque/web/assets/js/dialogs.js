// A link to a confirmation page opens the same form in a dialog; anything unexpected simply follows the link.
const dialog = document.getElementById("asker");
const room = dialog?.querySelector("div");

async function open(link) {
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const form = page.querySelector("[data-confirm-form]");
    if (!answer.ok || !form) throw new Error("no confirmation form");
    if (!form.getAttribute("action")) form.action = answer.url;
    const title = form.querySelector("h2");
    if (title) title.id = "asker-title";
    room.replaceChildren(document.adoptNode(form));
    window.htmx?.process(room);
    dialog.showModal();
  } catch {
    location.assign(link.href);
  }
}

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const link = event.target.closest?.("a[data-confirm]");
  if (link && dialog && plain) {
    event.preventDefault();
    open(link);
  } else if (dialog?.open && (event.target === dialog || event.target.closest("[data-close]"))) {
    event.preventDefault();
    dialog.close();
  }
});
