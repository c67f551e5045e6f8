// Keeps the time left on a page true between two loads. Without it the page
// still reloads by itself.
(() => {
  "use strict";
  const skew = Number(document.documentElement.dataset.now) * 1000 - Date.now();

  // The same words as zh.Span.
  const span = (seconds) => {
    const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60), rest = minutes % 60;
    if (minutes < 1) return "不到1分钟";
    if (hours >= 72) return `${Math.floor(hours / 24)}天` + (hours % 24 ? `${hours % 24}小时` : "");
    if (hours === 0) return `${rest}分钟`;
    if (rest === 0 || hours >= 24) return `${hours}小时`;
    return `${hours}小时${rest}分钟`;
  };

  const tick = () => {
    const now = (Date.now() + skew) / 1000;
    for (const left of document.querySelectorAll("[data-due]")) {
      const seconds = Number(left.dataset.due) - now, over = seconds <= 0;
      left.textContent = over ? `已超时 ${span(-seconds)}` : `剩 ${span(seconds)}`;
      const clock = left.closest(".clock"), bar = clock.querySelector("progress");
      clock.classList.toggle("overdue", over);
      clock.classList.toggle("running", !over);
      clock.classList.toggle("soon", !over && seconds * 4 < bar.max);
      bar.value = Math.max(0, Math.min(bar.max, bar.max - seconds));
    }
  };
  tick();
  setInterval(tick, 5000);
})();
