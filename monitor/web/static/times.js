// Times in the reader's zone with UTC beside. Without it pages say UTC; nothing else of a page needs a script.
"use strict";
(() => {
  const two = (n) => String(n).padStart(2, "0");
  const zone = (at) =>
    new Intl.DateTimeFormat("en", { timeZoneName: "short" }).formatToParts(at).find((one) => one.type === "timeZoneName")?.value ?? "local";
  for (const one of document.querySelectorAll("time[datetime*='T']")) {
    const at = new Date(one.dateTime);
    if (Number.isNaN(at.getTime()) || at.getTimezoneOffset() === 0 || !one.textContent.endsWith(" UTC")) continue;
    const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
    const utcDay = at.toISOString().slice(0, 10);
    const utc = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())} UTC`;
    const beside = document.createElement("span");
    beside.className = "utc";
    beside.textContent = ` (${day === utcDay ? "" : utcDay + " "}${utc})`;
    one.textContent = `${day} ${two(at.getHours())}:${two(at.getMinutes())} ${zone(at)}`;
    one.append(beside);
  }
})();
