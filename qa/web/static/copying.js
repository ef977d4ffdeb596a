// Copying a quote with its citation and its link, and saving what the server hands over as a file.
(() => {
  const { find, findAll, announce, onClick } = window.sic;

  const quoteOf = (card) => {
    const words = find("[data-quote]", card);
    const cells = findAll("td", words);
    return cells.length ? cells.map((cell) => cell.textContent).join("\t") : words.textContent;
  };

  // The clipboard of a page that is served to another machine without TLS can only be written so.
  const copyByCommand = (text) => {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    if (!isCopied) throw new Error("the browser refused");
  };

  const writeClipboard = async (text) => {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyByCommand(text);
  };

  const copy = async (text, what) => {
    try {
      await writeClipboard(text);
      announce(`${what} copied.`);
      return true;
    } catch {
      announce(`${what} could not be copied: the browser does not allow it.`);
      return false;
    }
  };

  const copyQuote = async (button) => {
    const card = button.closest(".sic-card");
    const link = new URL(find(".sic-permalink", card).getAttribute("href"), location.href);
    const text = `“${quoteOf(card)}”\n${button.dataset.citation}\n${link}`;
    const isCopied = await copy(text, `${button.dataset.label} with its citation`);
    button.dataset.done = isCopied ? "Copied" : "Not copied";
    setTimeout(() => delete button.dataset.done, 2000);
    button.focus();
  };

  onClick(".sic-copy", copyQuote);

  // Called by the page when an export is ready: a name, a media type and the text.
  const save = ({ name, type, text }) => {
    const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    announce(`${name} is saved.`);
  };

  Object.assign(window.sic, { copy, save });
})();
