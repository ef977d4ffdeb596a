// The reading pane: find a range of an article by its offsets, mark exactly that, bring it into
// view, and lead back. The address of the page names the place (#article:START-END).
(() => {
  const { find, findAll, announce, onClick, otherwise, codePoints, unitsBefore, textNodes, watch } =
    window.sic;
  let origin = null; // the button in the conversation that the reader came from

  // ---- marking a range ---------------------------------------------------------------------

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
    const mark = document.createElement("mark");
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

  // Of a large library the pane holds one article alone: the server is asked for another one, and
  // `then` is called when it is there.
  let awaited = null;

  const request = (id, then) => {
    const reader = find(".sic-reader[data-of-more]");
    awaited = { id, then };
    const button = Object.assign(document.createElement("button"), { hidden: true });
    Object.assign(button.dataset, { act: "read", name: id });
    reader.append(button);
    button.click();
    button.remove();
  };

  const isElsewhere = (id) =>
    find(".sic-reader[data-of-more]") &&
    !findAll("[data-article]").some(({ dataset }) => dataset.article === id);

  const onArticle = () => {
    if (!awaited || isElsewhere(awaited.id)) return;
    const { then } = awaited;
    awaited = null;
    then();
  };

  // Returns whether the place is in the articles.
  const showPlace = ({ id, from, to, label }) => {
    const article = showArticle(id);
    const marks = article ? markRange(article, from, to) : [];
    if (!marks.length) {
      announce("This place is not in the articles that are open.");
      return false;
    }
    const section = marks[0].closest("section").getAttribute("aria-label");
    focusOn(marks[0]);
    announce(`${label ?? "The sentence"} is marked in the article, section ${section}.`);
    return true;
  };

  const goToPlace = (link) => {
    const { document: id, from, to, label } = link.dataset;
    if (isElsewhere(id)) return request(id, () => goToPlace(link));
    if (!showPlace({ id, from: Number(from), to: Number(to), label })) return;
    comeFrom(link);
    history.replaceState(null, "", `#${encodeURIComponent(id)}:${from}-${to}`);
  };

  const goToReference = (link) => {
    const { document: id, reference } = link.dataset;
    if (isElsewhere(id)) return request(id, () => goToReference(link));
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

  const isReading = (event) =>
    event.target.closest("a, button, summary, details, input, select, .sic-table") ||
    String(getSelection()).length > 0;

  onClick(".sic-jump, .sic-place", goToPlace);
  onClick("[data-reference]", goToReference);
  onClick(".sic-back", goBack);
  onClick(".sic-show", (button) => focusOn(find(".sic-title", showArticle(button.dataset.document))));
  otherwise.push((event) => {
    const card = event.target.closest(".sic-card");
    if (card && !isReading(event)) goToPlace(find(".sic-jump", card));
  });

  // ---- the place that the page's address names -----------------------------------------------

  const addressed = () => {
    try {
      const match = /^#(.+):(\d+)-(\d+)$/.exec(decodeURIComponent(location.hash));
      return match && { id: match[1], from: Number(match[2]), to: Number(match[3]) };
    } catch {
      return null; // not an address of ours: a percent sign that encodes nothing
    }
  };

  const cardOf = (place) =>
    findAll(".sic-jump")
      .find(({ dataset }) => dataset.document === place.id
        && Number(dataset.from) === place.from && Number(dataset.to) === place.to)
      ?.closest(".sic-card");

  const followAddress = () => {
    const place = find(".sic-reader[data-state=open]") && addressed();
    if (place && isElsewhere(place.id)) return request(place.id, followAddress);
    if (!place || !showPlace(place)) return;
    const card = cardOf(place);
    if (card) setOrigin(card);
  };

  window.addEventListener("hashchange", followAddress);

  let isOpen = false;
  const onReader = () => {
    onArticle();
    if (isOpen || !find(".sic-reader[data-state=open]")) return;
    isOpen = true;
    followAddress();
  };

  // ---- a new question, a new outcome --------------------------------------------------------

  const state = () => {
    const turn = findAll(".sic-turn").at(-1);
    return turn ? `${turn.id} ${turn.dataset.state}` : "";
  };
  let seen = "";

  const follow = () => {
    const now = state();
    if (now === seen) return;
    const isRestored = find(".sic-log[data-restored]");
    seen = now;
    if (isRestored && addressed()) {
      followAddress(); // again, because the conversation has moved the article down on a phone
      return;
    }
    clearMarks();
    setOrigin(null);
    if (addressed()) history.replaceState(null, "", location.pathname + location.search);
    findAll(".sic-turn").at(-1)?.scrollIntoView({ block: "start" });
  };

  // The box loses the focus while it is disabled, and so does a field that an answer closes; the
  // browser takes the focus from a hidden field only when it draws, after the last change seen
  // here. Not given back on a touch screen, where the keyboard would come up and cover the answer.
  const giveFocusBack = () => {
    const box = find("#sic-question textarea");
    const holder = document.activeElement;
    const isLost = holder === document.body || holder.disabled || !holder.checkVisibility();
    if (box && !box.disabled && isLost && matchMedia("(pointer: fine)").matches)
      box.focus({ preventScroll: true });
  };

  Object.assign(window.sic, { scrollTo });

  watch("#sic-read", {}, onReader);
  watch("#sic-talk", { attributeFilter: ["data-state"] }, follow);
  watch("#sic-talk", { attributeFilter: ["disabled"] }, giveFocusBack);
})();
