// The shared clock of a session: the server says since when time runs, each screen counts on by itself, even without network.
const EVERY = 2000;
const SOON = 400;
const SURE = 300;
const PATIENCE = 5000;

function start() {
  // What the server last said; how far its clock is ahead of this device's, and how sure we are of it, in milliseconds.
  let beat = null;
  let tag = "";
  let offset = null;
  let doubt = Infinity;
  let timer;
  let asking = false;
  let cutOff = false;
  let warned = null;

  const live = () => document.getElementById("live");
  const face = () => document.querySelector("[data-clock]");
  const cut = document.getElementById("room-cut");
  const out = document.getElementById("room-out");
  const said = document.getElementById("room-said");

  // The moment in between is the server's, give or take half the way there and back, what the server took aside. A quicker
  // answer says it better; a device that slept, or set its own clock right, gives a moment that cannot be: that one is
  // believed at once.
  function measure(sent, received, server, took) {
    const now = server - took / 2 - (sent + received) / 2;
    const half = Math.max(0, received - sent - took) / 2;
    if (offset === null || half <= doubt || Math.abs(now - offset) > half + doubt + 100) {
      offset = now;
      doubt = half;
    } else {
      doubt += 5;
    }
  }

  function read() {
    const { dataset } = face();
    const version = Number(live().dataset.version);
    if (beat && beat.version > version) return;
    beat = {
      version,
      state: dataset.state,
      part: Number(dataset.part),
      seconds: Number(dataset.seconds),
      before: Number(dataset.before),
      since: dataset.since ? Number(dataset.since) : null,
    };
    offset ??= Number(dataset.now) - Date.now();
  }

  function left() {
    const ran = beat.since === null ? 0 : Math.max(0, Date.now() + offset - beat.since) / 1000;
    return beat.seconds - beat.before - ran;
  }

  function inMinutes(seconds) {
    const whole = Math.abs(seconds);
    return `${seconds < 0 ? "+" : ""}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }

  function announce(seconds) {
    const what = seconds <= 0 ? "done" : seconds <= 60 ? "one" : "";
    const mark = `${beat.part}-${beat.seconds}-${what}`;
    if (mark === warned) return;
    // Nothing is said of what was already past when the page was opened.
    if (warned !== null && what && beat.since !== null) said.textContent = said.dataset[what];
    warned = mark;
  }

  function draw() {
    const clock = face();
    const time = clock?.querySelector("[data-time]");
    if (!time || !beat || beat.state !== "open") return;
    const seconds = Math.round(left());
    const text = inMinutes(seconds);
    if (time.textContent !== text) time.textContent = text;
    const bar = clock.querySelector("[data-progress]");
    bar.max = Math.max(beat.seconds, 1);
    bar.value = Math.min(beat.seconds, beat.seconds - seconds);
    clock.classList.toggle("over", seconds < 0);
    announce(seconds);
  }

  function connected(yes) {
    if (cut) cut.hidden = yes;
    if (yes && cutOff) {
      // What was typed for oneself meanwhile was not sent.
      for (const form of document.querySelectorAll("form[data-notes]")) {
        if (form.querySelector("[data-autosave-status]").textContent) form.dispatchEvent(new Event("input"));
      }
    }
    cutOff = !yes;
  }

  async function ask() {
    clearTimeout(timer);
    if (asking) return;
    asking = true;
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const sent = Date.now();
      const answer = await fetch(face().dataset.beat, {
        headers,
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
      const received = Date.now();
      const gone = answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404;
      out.hidden = !gone;
      if (gone) {
        connected(true);
      } else if (answer.ok || answer.status === 304) {
        const { headers: told } = answer;
        measure(sent, received, Number(told.get("Server-Now")), Number(told.get("Server-Took")));
        tag = answer.headers.get("ETag") ?? "";
        if (answer.ok) beat = await answer.json();
        connected(true);
        draw();
        if (beat.version !== Number(live().dataset.version)) live().dispatchEvent(new Event("changed"));
      }
    } catch {
      connected(false);
    } finally {
      asking = false;
      // Not sure enough yet: a slow answer is soon followed by another.
      timer = setTimeout(ask, doubt > SURE && !cutOff ? SOON : EVERY);
    }
  }

  // The piece is drawn again while someone presses in it: the same button keeps the keyboard.
  let held = null;
  document.addEventListener("htmx:before:swap", () => {
    const button = document.activeElement?.closest?.("#live form[id] button");
    held = button && { form: button.form.id, name: button.name, value: button.value };
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!live()) return;
    const before = beat?.part;
    read();
    draw();
    if (before !== undefined && before !== beat.part) {
      const { serves } = face().dataset;
      for (const fold of document.querySelectorAll("details[data-serves]")) if (fold.dataset.serves === serves) fold.open = true;
    }
    if (held && !document.activeElement?.closest?.("#live")) {
      const buttons = [...(document.getElementById(held.form)?.querySelectorAll("button") ?? [])];
      (buttons.find((one) => one.name === held.name && one.value === held.value) ?? buttons[0])?.focus();
    }
    held = null;
    ask();
  });
  // A cut is said beside the clock; what is pressed during it is refused as everywhere else.
  for (const name of ["htmx:error", "htmx:response:error"]) {
    addEventListener(name, (event) => event.target.id === "live" && event.stopPropagation(), true);
  }
  addEventListener("online", ask);
  addEventListener("offline", () => connected(false));
  addEventListener("focus", ask);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());

  read();
  draw();
  setInterval(draw, 200);
  ask();
}

if (document.querySelector("[data-clock]")) start();
