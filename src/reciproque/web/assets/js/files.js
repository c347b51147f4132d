// A file too big is said at once: sent, it would be refused before its end, and the reason might not be shown.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.type !== "file" || !field.dataset.most) return;
  const heavy = [...field.files].some((file) => file.size > Number(field.dataset.most));
  field.setCustomValidity(heavy ? field.dataset.heavy : "");
  if (heavy) field.reportValidity();
});
