// The reading pane: find a range of an article by its offsets, mark exactly that, bring it into
// view, and lead back. All of it hangs on listeners of the document, so that it does not matter
// when Gradio renders what. Nothing is fetched; no text is ever turned into HTML.
(() => {
  const root = document;
  let origin = null; // the button in the conversation that the reader came from

  const find = (selector, scope = root) => scope.querySelector(selector);
  const findAll = (selector, scope = root) => [...scope.querySelectorAll(selector)];

  const announce = (message) => {
    const region = find(".sic-announce");
    if (region) region.textContent = message;
  };

  // ---- marking a range ---------------------------------------------------------------------

  // Offsets count Unicode code points, as Python does; the DOM counts UTF-16 units.
  const codePoints = (text) => [...text].length;
  const unitsBefore = (text, count) => [...text].slice(0, count).join("").length;

  const textNodes = (element) => {
    const walker = root.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  };

  const clearMarks = () => {
    for (const mark of findAll("mark.sic-quote")) {
      const parent = mark.parentNode;
      mark.replaceWith(...mark.childNodes);
      parent.normalize();
    }
  };

  const markPart = (node, from, to) => {
    const length = codePoints(node.data);
    const start = unitsBefore(node.data, Math.max(0, from));
    const end = unitsBefore(node.data, Math.min(length, to));
    const middle = start > 0 ? node.splitText(start) : node;
    if (end - start < middle.data.length) middle.splitText(end - start);
    const mark = root.createElement("mark");
    mark.className = "sic-quote";
    middle.replaceWith(mark);
    mark.append(middle);
    return mark;
  };

  const markLine = (line, start, end) => {
    let position = Number(line.dataset.start);
    const marks = [];
    for (const node of textNodes(line)) {
      const length = codePoints(node.data);
      const from = start - position;
      const to = end - position;
      position += length;
      if (from < length && to > 0) marks.push(markPart(node, from, to));
    }
    return marks;
  };

  const markRange = (article, start, end) => {
    clearMarks();
    return findAll("[data-start]", article)
      .filter((line) => Number(line.dataset.start) < end && Number(line.dataset.end) > start)
      .flatMap((line) => markLine(line, start, end));
  };

  // ---- bringing it into view ---------------------------------------------------------------

  const showArticle = (id) => {
    const articles = findAll("[data-article]");
    const wanted = articles.find((article) => article.dataset.article === id);
    if (wanted) for (const article of articles) article.hidden = article !== wanted;
    return wanted;
  };

  const scrollTo = (element) => {
    const pane = find(".sic-reader");
    if (getComputedStyle(pane).overflowY === "visible") {
      element.scrollIntoView({ block: "center" });
      return;
    }
    const above = element.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollTop += above - pane.clientHeight / 3;
  };

  const focusOn = (element) => {
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
    scrollTo(element);
  };

  const setOrigin = (card) => {
    for (const other of findAll(".sic-card[data-current]")) delete other.dataset.current;
    origin = card && find(".sic-jump", card);
    const back = find(".sic-back");
    if (!back) return;
    back.hidden = !card;
    if (!card) return;
    card.dataset.current = "";
    find(".sic-back-label", back).textContent = origin.dataset.label;
  };

  const comeFrom = (link) => {
    const card = link.closest(".sic-card");
    if (card) setOrigin(card); // from a link inside the article the way back stays what it was
  };

  const goToPlace = (link) => {
    const { document: id, from, to, label, section } = link.dataset;
    const article = showArticle(id);
    const marks = article ? markRange(article, Number(from), Number(to)) : [];
    if (!marks.length) {
      announce("This place is not in the articles that are open.");
      return;
    }
    comeFrom(link);
    focusOn(marks[0]);
    announce(`${label ?? "The sentence"} is marked in the article, section ${section}.`);
  };

  const goToReference = (link) => {
    const { document: id, reference } = link.dataset;
    const article = showArticle(id);
    const entry = article && find(`[data-entry="${Number(reference)}"]`, article);
    if (!entry) return;
    comeFrom(link);
    focusOn(entry);
    announce(`Reference ${reference} in the list of references.`);
  };

  const goBack = () => {
    if (!origin?.isConnected) return;
    const button = origin;
    button.focus({ preventScroll: true });
    button.closest(".sic-card").scrollIntoView({ block: "center" });
    find(".sic-back").hidden = true;
  };

  // ---- clicks ------------------------------------------------------------------------------

  const isReading = (event) =>
    event.target.closest("a, button, summary, .sic-table") || String(getSelection()).length > 0;

  const actions = [
    [".sic-jump, .sic-place", goToPlace],
    ["[data-reference]", goToReference],
    [".sic-back", goBack],
    [".sic-show", (button) => focusOn(find(".sic-title", showArticle(button.dataset.document)))],
  ];

  root.addEventListener("click", (event) => {
    for (const [selector, act] of actions) {
      const link = event.target.closest(selector);
      if (!link) continue;
      event.preventDefault();
      act(link);
      return;
    }
    const card = event.target.closest(".sic-card");
    if (card && !isReading(event)) goToPlace(find(".sic-jump", card));
  });

  // ---- a new question, a new outcome --------------------------------------------------------

  const state = () => {
    const turn = findAll(".sic-turn").at(-1);
    return turn ? `${turn.id} ${turn.dataset.state}` : "";
  };
  let seen = "";

  const follow = () => {
    const now = state();
    if (now === seen) return;
    seen = now;
    clearMarks();
    setOrigin(null);
    findAll(".sic-turn").at(-1)?.scrollIntoView({ block: "start" });
  };

  // The box loses the focus while it is disabled. Not given back on a touch screen, where the
  // keyboard would come up and cover the answer.
  const giveFocusBack = () => {
    const box = find("#sic-question textarea");
    const isWanted = root.activeElement === root.body && matchMedia("(pointer: fine)").matches;
    if (box && !box.disabled && isWanted) box.focus({ preventScroll: true });
  };

  const watch = () => {
    const talk = find("#sic-talk");
    if (!talk) {
      requestAnimationFrame(watch);
      return;
    }
    const inside = { subtree: true, childList: true };
    new MutationObserver(follow).observe(talk, { ...inside, attributeFilter: ["data-state"] });
    new MutationObserver(giveFocusBack).observe(talk, { ...inside, attributeFilter: ["disabled"] });
  };
  watch();
})();
