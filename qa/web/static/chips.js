// Runs once for each gr.HTML: a click on a chip asks the chip's question,
// unless another one is being answered.
// `element` and `trigger` are given by Gradio.
element.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-question]");
  const isBusy = document.querySelector(".sic-turn[data-state=pending]");
  if (chip && !isBusy) trigger("click", { question: chip.dataset.question });
});
