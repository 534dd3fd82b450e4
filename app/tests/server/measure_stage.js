// Measures the page of the stage from outside: what arrives, what is heard, and what is drawn when. Put into the page ahead of its script.
"use strict";
(() => {
  const RATE_HZ = 24000;
  const FRAME_SAMPLES = 960;
  // Samples by which a frame is found in what was heard.
  const MARK_SAMPLES = 48;
  // What was heard is kept so long.
  const HEARD_SAMPLES = 3 * RATE_HZ;
  const measured = { lagsMs: [], unheard: 0, pictures: new Set(), opaque: 0, transparent: 0, frames: 0, spoken: 0 };
  window.measured = measured;

  // Frames with sound by their number: the samples, later the second at which they were heard.
  const sounds = new Map();
  const drawn = new Map();
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...values) {
      super(...values);
      this.addEventListener("message", ({ data }) => {
        if (typeof data === "string") return;
        const view = new DataView(data);
        const count = view.getUint16(4, true);
        measured.frames += 1;
        if (count !== FRAME_SAMPLES) return;
        const mark = [];
        // From the middle of the frame on, where a word's first frame has sound as well.
        for (let i = 0; i < MARK_SAMPLES; i += 1) mark.push(view.getInt16(8 + 2 * (FRAME_SAMPLES / 2 + i), true));
        measured.spoken += 1;
        sounds.set(view.getUint32(0, true), { mark, isQuiet: mark.every((value) => Math.abs(value) < 50) });
      });
    }
  };

  const heard = new Int16Array(HEARD_SAMPLES);
  let heardEnd = 0;
  const WORKLET = `
    registerProcessor("ear", class extends AudioWorkletProcessor {
      process([input], [output]) {
        const samples = input[0] ?? new Float32Array(128);
        if (output[0]) output[0].set(samples);
        this.port.postMessage({ frame: currentFrame, samples: samples.slice() });
        return true;
      }
    });`;

  function find(mark) {
    const begin = Math.max(0, heardEnd - HEARD_SAMPLES);
    for (let at = begin; at + MARK_SAMPLES <= heardEnd; at += 1) {
      let i = 0;
      while (i < MARK_SAMPLES && heard[(at + i) % HEARD_SAMPLES] === mark[i]) i += 1;
      if (i === MARK_SAMPLES) return at;
    }
    return -1;
  }

  function settle() {
    for (const [number, at] of drawn) {
      const sound = sounds.get(number);
      if (sound === undefined) {
        drawn.delete(number);
        continue;
      }
      // It is heard some blocks later than the script can know.
      if (heardEnd < (at + 0.5) * RATE_HZ) continue;
      drawn.delete(number);
      sounds.delete(number);
      if (sound.isQuiet) continue;
      const place = find(sound.mark);
      if (place < 0) measured.unheard += 1;
      else measured.lagsMs.push(1000 * (at - (place - FRAME_SAMPLES / 2) / RATE_HZ));
    }
    for (const number of sounds.keys()) if (number < stage.number - 100) sounds.delete(number);
  }

  function look() {
    requestAnimationFrame(look);
    const { audio, number } = stage;
    if (number === look.last) return;
    look.last = number;
    drawn.set(number, audio.currentTime - (audio.outputLatency || 0));
    if (measured.pictures.size > 200 && number % 50 !== 0) return;
    const canvas = document.getElementById("picture");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let [sum, opaque, transparent] = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
      sum = (Math.imul(sum, 31) + data[i] + 7 * data[i + 1]) | 0;
      if (data[i + 3] === 255) opaque += 1;
      if (data[i + 3] === 0) transparent += 1;
    }
    measured.pictures.add(sum);
    measured.opaque = (4 * opaque) / data.length;
    measured.transparent = (4 * transparent) / data.length;
  }

  measured.begin = async () => {
    await stage.audio.resume();
    const module = URL.createObjectURL(new Blob([WORKLET], { type: "text/javascript" }));
    await stage.audio.audioWorklet.addModule(module);
    const ear = new AudioWorkletNode(stage.audio, "ear", { outputChannelCount: [1], channelCount: 1, channelCountMode: "explicit" });
    ear.port.onmessage = ({ data: { frame, samples } }) => {
      for (let i = 0; i < samples.length; i += 1) heard[(frame + i) % HEARD_SAMPLES] = Math.round(samples[i] * 32768);
      heardEnd = frame + samples.length;
    };
    ear.connect(stage.audio.destination);
    stage.output = ear;
    requestAnimationFrame(look);
    setInterval(settle, 200);
  };

  measured.report = () => {
    const quantile = (values, share) => values[Math.min(values.length - 1, Math.floor(share * values.length))];
    const summary = (values) => {
      const sorted = values.toSorted((a, b) => a - b);
      return { count: sorted.length, min: sorted[0], median: quantile(sorted, 0.5), most: quantile(sorted, 0.95), max: sorted.at(-1) };
    };
    const tenth = Math.ceil(measured.lagsMs.length / 10);
    return {
      ...measured,
      lagsMs: summary(measured.lagsMs),
      early: summary(measured.lagsMs.slice(0, tenth)),
      late: summary(measured.lagsMs.slice(-tenth)),
      pictures: measured.pictures.size,
      resets: stage.resets,
      soundGaps: stage.soundGaps,
      soundSecs: stage.soundSecs,
      event: stage.event?.event ?? "",
      isRunning: stage.audio.state === "running",
    };
  };
})();
