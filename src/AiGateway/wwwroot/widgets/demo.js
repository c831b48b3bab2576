// The buttons of /widgets/demo that open what is not on the page by itself.
import "./aigateway.js";

const said = document.getElementById("widget-said");
const actions = {
  estimate: async () => (said.textContent = (await document.getElementById("try-estimate").ask({ action: "blueprint" })) ? said.dataset.yes : said.dataset.no),
  toast: () => document.getElementById("try-toast").show({ used: 3870, remaining: 4234567, status: "ok" }),
  low: () => document.getElementById("try-low").open("dialog", said.dataset.lowTitle, said.dataset.lowText),
  refused: () => document.getElementById("try-low").refused(said.dataset.what),
};
for (const button of document.querySelectorAll("[data-try]")) {
  button.hidden = false;
  button.addEventListener("click", actions[button.dataset.try]);
}
