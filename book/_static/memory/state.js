/* What the reader has chosen, all of it, and its address: `key=value` for each part that is not as at first. */
sigaeMemory.part("state", ({ given }) => {
  const NORMS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100], MOST = 10, GREYS = 17, SHORTEST = 3, A = 65;
  const HALVES = { "lower half": (k) => k >= 32, "upper half": (k) => k < 32, "left half": (k) => k % 8 < 4, "right half": (k) => k % 8 > 3, nothing: () => false };
  const half = (name) => given.digits[0].map((_, k) => HALVES[name](k));
  const digits = () => given.digits.map((picture) => [...picture]);

  /** The first state: at it every broken picture heals, and soon. */
  const first = () => ({
    pictures: digits(), chosen: 3, mode: "break", ink: 16, activation: "sigmoid", norm: 15, network: false, cycle: false,
    erased: half("lower half"), noise: 0, blend: 0, seed: 1, trio: [0, 1, 2], cue: [350, 900],
  });

  /** Write 64 greys as one letter each, and a run of the same as that letter and a capital, which counts it. */
  const pack = (greys) => greys.map((grey) => Number(grey).toString(GREYS)).join("")
    .replace(/(.)\1{2,24}/g, (run, one) => one + String.fromCharCode(A + run.length - SHORTEST));

  function unpack(text) {
    const all = text.replace(/(.)([A-W])/g, (_, one, count) => one.repeat(count.charCodeAt(0) - A + SHORTEST));
    return /^[0-9a-g]{64}$/.test(all) ? Array.from(all, (letter) => parseInt(letter, GREYS)) : undefined;
  }

  // Each part is written as text, and read from it: undefined where the text is none of its.
  const oneOf = (values) => ({ write: String, read: (text) => values.find((value) => String(value) === text) });
  const whole = (least, most) => ({
    write: String,
    read: (text) => (/^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined),
  });
  const list = (item, least, most, different) => ({
    write: (values) => values.map(item.write).join("."),
    read(text) {
      const found = text.split(".").map(item.read), right = found.length >= least && found.length <= most && !found.includes(undefined);
      return right && (!different || new Set(found).size === found.length) ? found : undefined;
    },
  });
  const picture = {
    write(greys) {
      const digit = given.digits.findIndex((one) => String(one) === String(greys));
      return digit < 0 ? pack(greys) : String(digit);
    },
    read: (text) => (/^\d$/.test(text) ? [...given.digits[text]] : unpack(text)),
  };
  const pixels = {
    write: pack,
    read(text) {
      const found = unpack(text);
      return found?.every((value) => value < 2) ? found.map(Boolean) : undefined;
    },
  };
  const PARTS = {
    pictures: list(picture, 1, MOST), chosen: whole(0, MOST - 1), mode: oneOf(["break", "draw"]), ink: whole(0, GREYS - 1),
    activation: oneOf(Object.keys(given.activations)), norm: oneOf(NORMS), network: oneOf([false, true]), cycle: oneOf([false, true]),
    erased: pixels, noise: whole(0, 200), blend: whole(0, 100), seed: whole(1, 999999),
    trio: list(whole(0, MOST - 1), 3, 3, true), cue: list(whole(0, 1000), 2, 2),
  };

  /** The address of a state, without its #: nothing where it is the first. */
  function write(state) {
    const before = first();
    const texts = Object.entries(PARTS).map(([key, part]) => [key, part.write(state[key]), part.write(before[key])]);
    return texts.filter(([, text, old]) => text !== old).map(([key, text]) => `${key}=${text}`).join("&");
  }

  /** The state that an address holds; where it holds none, the first state and a fault, as a sentence. */
  function read(address) {
    const state = first();
    for (const text of address ? address.split("&") : []) {
      const [key, value = ""] = text.split("="), found = Object.hasOwn(PARTS, key) ? PARTS[key].read(value) : undefined;
      if (found === undefined) {
        return { state: first(), fault: `The address holds "${text.slice(0, 30)}", which this page cannot read: it shows the ten digits instead.` };
      }
      state[key] = found;
    }
    state.chosen = Math.min(state.chosen, state.pictures.length - 1);
    return { state, fault: "" };
  }

  return { NORMS, HALVES, MOST, half, digits, first, write, read };
});
