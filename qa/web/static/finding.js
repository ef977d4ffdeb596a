// Find in the article that is shown. Matches are highlighted without touching the article's
// elements; a browser that cannot do that still scrolls from one to the next.
(() => {
  const { find, findAll, onClick, textNodes, scrollTo } = window.sic;
  let matches = []; // ranges, in text order
  let current = -1;

  const highlight = (name, ranges) => {
    if (window.Highlight) CSS.highlights.set(name, new Highlight(...ranges));
  };

  // A range may run over several text nodes: markers are links of their own.
  const rangeIn = (nodes, start, end) => {
    const range = document.createRange();
    let position = 0;
    for (const node of nodes) {
      const next = position + node.data.length;
      if (position <= start && start < next) range.setStart(node, start - position);
      if (position < end && end <= next) range.setEnd(node, end - position);
      position = next;
    }
    return range;
  };

  const matchesIn = (line, pattern) => {
    const nodes = textNodes(line);
    const text = nodes.map((node) => node.data).join("");
    return [...text.matchAll(pattern)].map((match) =>
      rangeIn(nodes, match.index, match.index + match[0].length));
  };

  const search = (wanted) => {
    const words = wanted.trim().split(/\s+/).map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
    const pattern = new RegExp(words.join("\\s+"), "giu");
    return findAll("[data-article]:not([hidden]) [data-start]")
      .flatMap((line) => matchesIn(line, pattern));
  };

  const show = () => {
    const match = matches[current];
    highlight("sic-hit", matches);
    highlight("sic-hit-current", match ? [match] : []);
    const isAsked = find(".sic-find-box").value.trim();
    find(".sic-find-count").textContent =
      matches.length ? `${current + 1} of ${matches.length}` : isAsked ? "No match" : "";
    if (match) scrollTo(match.startContainer.parentElement);
  };

  const step = (by) => {
    current = matches.length ? (current + by + matches.length) % matches.length : -1;
    show();
  };

  document.addEventListener("input", ({ target }) => {
    if (!target.matches(".sic-find-box")) return;
    matches = target.value.trim() ? search(target.value) : [];
    current = matches.length ? 0 : -1;
    show();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(".sic-find")) return;
    event.preventDefault();
    step(1);
  });
  onClick(".sic-find-step", (button) => step(Number(button.dataset.step)));
})();
