{% load static %}// Shows what is sent to this device and opens the page it is about. It keeps nothing and never stands between the site and the network.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data ? event.data.json() : {};
  } catch {
    // Not one of ours: still shown, as browsers require, but with nothing in it.
  }
  const { title = "Réciproque", body = "", tag = "", lang = "", url = "/" } = said;
  const data = { url };
  event.waitUntil(self.registration.showNotification(title, { body, tag, lang, data, icon: "{% static 'img/icon-192.png' %}" }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.url ?? "/", self.location.origin);
  const url = wanted.origin === self.location.origin ? wanted.href : self.location.origin;
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((tabs) => {
      const open = tabs.find((tab) => tab.url === url);
      return open ? open.focus() : self.clients.openWindow(url);
    }),
  );
});
