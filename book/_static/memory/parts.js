/* The parts of the page "Make a memory". Each is a function of the parts before it, so that a worker can be made of the same
   source: a page opened from a disk may load neither modules nor workers by their address. */
(function () {
  "use strict";
  const sources = new Map();
  const parts = (globalThis.sigaeMemory = {});

  /** Make a part known: `make(parts)` returns its functions, and uses nothing but what stands in it and in `parts`. */
  parts.part = (name, make) => {
    sources.set(name, make);
    parts[name] = make(parts);
  };

  /** The address of a worker that has the named parts, and answers what it is sent by the last one's `answer(message, reply)`. */
  parts.worker = (names) => {
    const made = names.map((name) => `parts.${name} = (${sources.get(name)})(parts);`).join("\n");
    const answer = `onmessage = (event) => parts.${names[names.length - 1]}.answer(event.data, postMessage);`;
    return URL.createObjectURL(new Blob([`"use strict"; const parts = {};\n${made}\n${answer}`], { type: "text/javascript" }));
  };
})();
