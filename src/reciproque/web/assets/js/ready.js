// Runs a function on the page, and again on every piece that htmx brings in.
export function onPieces(enhance) {
  enhance(document);
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target;
    enhance(target instanceof Element && target.isConnected ? (target.parentNode ?? target) : document);
  });
}
