"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const form = document.getElementById("filters");
  const items = [...document.querySelectorAll(".requirement")];
  const texts = new Map(items.map((item) => [item, item.textContent.toLowerCase()]));
  const status = document.getElementById("shown");

  const chosen = (name) => new Set([...form.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value));

  const filter = () => {
    const outcomes = chosen("outcome");
    const levels = chosen("level");
    const area = form.elements.area.value;
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const item of items) {
      const fits =
        (!outcomes.size || outcomes.has(item.dataset.outcome)) &&
        (!levels.size || levels.has(item.dataset.level)) &&
        (!area || area === item.dataset.area) &&
        words.every((word) => texts.get(item).includes(word));
      item.hidden = !fits;
      count += fits;
    }
    status.textContent = `${count} of ${items.length} shown`;
  };

  const go = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    const item = name && document.getElementById(name);
    if (!item) return;
    if (item.hidden) {
      form.reset();
      filter();
    }
    if (item.matches("details")) {
      item.open = true;
      item.querySelector("summary").focus({ preventScroll: true });
    }
    item.scrollIntoView();
  };

  const copy = async (button) => {
    const line = document.getElementById(button.dataset.copies);
    const old = button.textContent;
    try {
      await navigator.clipboard.writeText(line.textContent);
    } catch {
      // A page from a file may have no clipboard of its own: the selected line can be copied by hand.
      getSelection().selectAllChildren(line);
      button.textContent = document.execCommand("copy") ? "Copied" : "Selected";
      setTimeout(() => (button.textContent = old), 2000);
      return;
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = old), 2000);
  };

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  addEventListener("hashchange", go);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copies]");
    if (button) copy(button);
    const count = event.target.closest("[data-outcomes]");
    if (count) {
      form.reset();
      for (const box of form.querySelectorAll("[name=outcome]")) box.checked = box.value === count.dataset.outcomes;
      filter();
    }
    const link = event.target.closest("a[href^='#']");
    if (link) {
      link.closest("[popover]")?.hidePopover();
      if (link.hash === location.hash) go();
    }
  });
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")].filter((item) => item.querySelector(".failure"));
    for (const item of opened) item.open = true;
  });
  addEventListener("afterprint", () => {
    for (const item of opened) item.open = false;
  });
  filter();
  go();
})();
