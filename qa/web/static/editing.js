// The searched question, edited and asked again: the text turns into a field and back.
(() => {
  const { find, announce, onClick, watch } = window.sic;
  let draft = null; // of the field that is open: id of its form, text
  let isWriting = false; // the field has the focus, or had it until it was rendered anew

  const show = (form, text) => {
    const field = form.elements.question;
    form.hidden = false;
    find(".sic-as-searched", form.parentElement).hidden = true;
    field.value = text;
    draft = { id: form.id, text };
    return field;
  };

  const write = (field) => {
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  };

  const close = (form) => {
    draft = null;
    form.reset();
    form.hidden = true;
    const line = find(".sic-as-searched", form.parentElement);
    line.hidden = false;
    find(".sic-edit", line).focus();
  };

  onClick(".sic-edit", (button) => {
    const other = draft && find(`#${draft.id}`);
    if (other) close(other);
    const form = find(".sic-edit-form", button.closest(".sic-searched"));
    write(show(form, form.elements.question.defaultValue));
  });
  onClick(".sic-edit-cancel", (button) => close(button.form));

  document.addEventListener("focusin", ({ target }) => {
    isWriting = target.matches(".sic-edit-form textarea");
  });

  document.addEventListener("input", ({ target }) => {
    if (target.matches(".sic-edit-form textarea")) draft = { id: target.form.id, text: target.value };
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest(".sic-edit-form");
    if (!form || event.isComposing) return; // Enter and Escape also end the writing of a character
    if (event.key === "Escape") close(form);
    if (event.key !== "Enter" || event.shiftKey || !event.target.matches("textarea")) return;
    event.preventDefault();
    form.requestSubmit();
  });

  document.addEventListener("submit", ({ target }) => {
    if (!target.matches(".sic-edit-form")) return;
    if (find(".sic-turn[data-state=pending]")) announce("Please wait for the answer first.");
    else draft = null; // sending.js asks
  });

  // An answer that comes renders the conversation anew; what is being written stays.
  watch("#sic-conversation", {}, () => {
    const form = draft && find(`#${draft.id}`);
    if (!form) draft = null;
    if (!form?.hidden) return;
    const field = show(form, draft.text);
    if (isWriting) write(field);
  });
})();
