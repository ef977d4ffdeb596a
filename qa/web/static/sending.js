// Runs once for each gr.HTML: hands clicks and forms in it to the server.
// `element` and `trigger` are given by Gradio.
const isBusy = () => document.querySelector(".sic-turn[data-state=pending]");

element.addEventListener("click", ({ target }) => {
  const chip = target.closest("[data-question]");
  const save = target.closest("[data-format]");
  const address = location.origin + location.pathname;
  if (chip && !isBusy()) trigger("click", { question: chip.dataset.question });
  const act = target.closest("[data-act]");
  const isMeant = act && (!act.dataset.confirm || confirm(act.dataset.confirm));
  if (isMeant) trigger("click", { act: act.dataset.act, article: act.dataset.name });
  if (save) trigger("click", { format: save.dataset.format, address });
});

element.addEventListener("submit", (event) => {
  if (event.target.matches(".sic-edit-form")) {
    event.preventDefault();
    const question = event.target.elements.question.value;
    if (!isBusy()) trigger("click", { question, stands_alone: true });
  }
  const form = event.target.closest(".sic-feedback");
  if (!form) return;
  event.preventDefault();
  const { turn, label } = form.dataset;
  const thumb = form.querySelector("[aria-pressed=true]")?.dataset.thumb;
  const reason = form.elements.reason.value;
  trigger("submit", { turn, label, thumb, reason });
});
