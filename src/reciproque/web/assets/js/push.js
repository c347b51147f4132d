// Notifications on this device: asked for by a button, which appears only where they can work.
import { onPieces } from "./ready.js";

const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function bytes(key) {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function same(one, other) {
  const held = new Uint8Array(one ?? []);
  return held.length === other.length && held.every((value, place) => value === other[place]);
}

async function subscribe(form) {
  if ((await Notification.requestPermission()) !== "granted") return null;
  const key = bytes(form.dataset.key);
  await navigator.serviceWorker.register(form.dataset.push);
  const { pushManager } = await navigator.serviceWorker.ready;
  const held = await pushManager.getSubscription();
  // A subscription made for another key of the site receives nothing any more.
  if (held && same(held.options.applicationServerKey, key)) return held;
  await held?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function opt(form) {
  const refused = form.querySelector("[data-refused]");
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const said = (await subscribe(form))?.toJSON();
    if (said) {
      form.elements.endpoint.value = said.endpoint;
      form.elements.p256dh.value = said.keys.p256dh;
      form.elements.auth.value = said.keys.auth;
      form.submit();
      return;
    }
  } catch {
    // No push service, no connection, a browser that forbids it: said the same way.
  }
  button.disabled = false;
  refused.hidden = false;
}

onPieces((root) => {
  for (const form of root.querySelectorAll("form[data-push]")) {
    if (!able) continue;
    form.hidden = false;
    for (const note of document.querySelectorAll("[data-push-absent]")) note.hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      opt(form);
    });
  }
});
