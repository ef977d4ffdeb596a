// A selection of the article's text: ask about it, or copy the link to it.
(() => {
  const { find, onClick, ask, copy, codePoints } = window.sic;
  const MAX_CHARS = 300; // of the selected text, in the question
  let place = null; // what is selected: article, range, text

  const offsetIn = (line, node, units) => {
    const before = document.createRange();
    before.setStart(line, 0);
    before.setEnd(node, units);
    return Number(line.dataset.start) + codePoints(before.toString());
  };

  const lineOf = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest("[data-start]");

  const read = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const [first, last] = [lineOf(range.startContainer), lineOf(range.endContainer)];
    const article = first?.closest("[data-article]");
    const text = String(selection).trim();
    if (!article || !text || first !== last) return null; // within one line, so that it is exact
    return {
      text,
      id: article.dataset.article,
      from: offsetIn(first, range.startContainer, range.startOffset),
      to: offsetIn(last, range.endContainer, range.endOffset),
      box: range.getBoundingClientRect(),
    };
  };

  const update = () => {
    const bar = find(".sic-selection");
    if (!bar || bar.contains(document.activeElement)) return;
    place = read();
    bar.hidden = !place;
    if (!place) return;
    const top = place.box.bottom + 8;
    bar.style.top = `${Math.min(top, innerHeight - bar.offsetHeight - 8)}px`;
    bar.style.left = `${Math.max(8, Math.min(place.box.left, innerWidth - bar.offsetWidth - 8))}px`;
  };

  const close = () => {
    find(".sic-selection").hidden = true;
    getSelection().removeAllRanges();
  };

  const shorten = (text) => {
    const characters = [...text.replace(/\s+/g, " ")];
    return characters.length > MAX_CHARS ? `${characters.slice(0, MAX_CHARS).join("")}…` : characters.join("");
  };

  onClick(".sic-ask-selection", () => {
    if (!place) return;
    const { text } = place;
    close();
    ask(`What does the article say about “${shorten(text)}”?`);
  });
  onClick(".sic-link-selection", () => {
    if (!place) return;
    const hash = `#${encodeURIComponent(place.id)}:${place.from}-${place.to}`;
    close();
    copy(String(new URL(hash, location.href)), "The link to the selected text");
  });

  document.addEventListener("selectionchange", update);
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && place) close();
  });
  window.addEventListener("scroll", update, { passive: true, capture: true });
})();
