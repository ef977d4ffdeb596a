// Thumbs on a quote: pressing one asks why; what was sent stays pressed while the page is open.
(() => {
  const { find, findAll, onClick, watch } = window.sic;
  const sent = new Map(); // id of the card -> the thumb that was sent for it

  const press = (form, thumb) => {
    for (const button of findAll(".sic-thumb", form)) {
      button.setAttribute("aria-pressed", String(button.dataset.thumb === thumb));
    }
  };

  onClick(".sic-thumb", (button) => {
    const form = button.closest(".sic-feedback");
    press(form, button.dataset.thumb);
    find(".sic-why", form).hidden = false;
    find("[name=reason]", form).focus();
  });

  document.addEventListener("submit", ({ target }) => {
    if (!target.matches(".sic-feedback")) return;
    const button = find("[aria-pressed=true]", target);
    sent.set(target.closest(".sic-card").id, button?.dataset.thumb);
    find(".sic-why", target).hidden = true;
    button?.focus();
  });

  watch("#sic-conversation", {}, () => {
    if (!find(".sic-turn")) sent.clear();
    for (const [id, thumb] of sent) {
      const form = find(`#${id} .sic-feedback`);
      if (form && !find("[aria-pressed=true]", form)) press(form, thumb);
    }
  });
})();
