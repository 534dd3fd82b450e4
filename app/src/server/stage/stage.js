// Shows the stage: plays its sound, and draws each frame when the sound that belongs to it is heard.
//
// Every message is one frame with its 40 ms of sound. A frame's number is its place in time: the page puts frame 0 at `base` on the
// clock of the sound, and everything else follows from that. Pictures wait for the sound, never the other way round.
"use strict";
(() => {
  const RATE_HZ = 24000;
  const FRAME_SECS = 0.04;
  const HEADER_BYTES = 8;
  // Frames wait so long before they are shown, so that one that is late on its way still comes in time.
  const DELAY_SECS = 0.2;
  // While nobody speaks, the delay is set right when it has drifted this far.
  const DRIFT_SECS = 0.06;
  const MAX_LEAD_SECS = DELAY_SECS + 0.5;
  const MAX_FRAMES = 100;
  const RECONNECT_MS = 1000;

  const canvas = document.getElementById("picture");
  const picture = canvas.getContext("2d");
  const note = document.getElementById("note");
  const controls = document.getElementById("controls");
  const words = document.getElementById("words");
  const query = new URLSearchParams(location.search);
  // Behind the #, where it does not reach logs; in the query as well, for programs that cut the former off.
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? query.get("token");

  const audio = new AudioContext({ sampleRate: RATE_HZ, latencyHint: "interactive" });
  let socket = null;
  let base = null;
  let clockIsSound = false;
  let soundEnds = 0;
  let frames = [];
  let gaze = [0, 0];

  // For whoever wants to measure.
  const stage = { drawn: 0, number: -1, lagSecs: 0, resets: 0, soundSecs: 0, soundGaps: 0, audio, send };
  window.stage = stage;

  /// Seconds of the sound's clock; of the wall's as long as the browser allows no sound.
  function now() {
    return clockIsSound ? audio.currentTime : performance.now() / 1000;
  }

  /// The same for what leaves the loudspeaker now.
  function heard() {
    return clockIsSound ? audio.currentTime - (audio.outputLatency || 0) : now();
  }

  function take(message) {
    const view = new DataView(message);
    const number = view.getUint32(0, true);
    const count = view.getUint16(4, true);
    const isSound = audio.state === "running";
    if (isSound !== clockIsSound) {
      clockIsSound = isSound;
      base = null;
    }
    const lead = base === null ? -1 : base + number * FRAME_SECS - now();
    const isQuiet = count === 0 && now() > soundEnds;
    if (lead < 0 || lead > MAX_LEAD_SECS || (isQuiet && Math.abs(lead - DELAY_SECS) > DRIFT_SECS)) {
      // On a whole sample, so that pieces of sound join without interpolation.
      base = Math.round((now() + DELAY_SECS) * RATE_HZ) / RATE_HZ - number * FRAME_SECS;
      stage.resets += 1;
      if (frames.length > 0 && number < frames[frames.length - 1].number) forget(frames.length);
    }
    if (count > 0 && clockIsSound) play(view, count, base + number * FRAME_SECS);
    const png = new Blob([new Uint8Array(message, HEADER_BYTES + 2 * count)], { type: "image/png" });
    createImageBitmap(png).then((bitmap) => {
      frames.push({ number, bitmap });
      frames.sort((a, b) => a.number - b.number);
      // A page that is not seen draws nothing.
      if (frames.length > MAX_FRAMES) forget(frames.length - MAX_FRAMES);
    });
  }

  function play(view, count, at) {
    const buffer = audio.createBuffer(1, count, RATE_HZ);
    const samples = buffer.getChannelData(0);
    for (let i = 0; i < count; i += 1) samples[i] = view.getInt16(HEADER_BYTES + 2 * i, true) / 32768;
    const source = audio.createBufferSource();
    source.buffer = buffer;
    source.connect(stage.output ?? audio.destination);
    source.start(at);
    if (at > soundEnds + 1e-6 && at < soundEnds + FRAME_SECS) stage.soundGaps += 1;
    soundEnds = at + count / RATE_HZ;
    stage.soundSecs += count / RATE_HZ;
  }

  function forget(count) {
    for (const frame of frames.splice(0, count)) frame.bitmap.close();
  }

  function draw() {
    requestAnimationFrame(draw);
    if (base === null) return;
    const due = Math.floor((heard() - base) / FRAME_SECS + 1e-6);
    let last = -1;
    while (last + 1 < frames.length && frames[last + 1].number <= due) last += 1;
    if (last < 0) return;
    const { number, bitmap } = frames[last];
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
    }
    picture.clearRect(0, 0, canvas.width, canvas.height);
    picture.drawImage(bitmap, 0, 0);
    stage.drawn += 1;
    stage.number = number;
    stage.lagSecs = heard() - base - number * FRAME_SECS;
    forget(last + 1);
  }

  function say(text) {
    note.textContent = text;
    note.hidden = text === "";
  }

  function tell(event) {
    stage.event = event;
    if ((event.event === "failed" || event.event === "refused") && !controls.hidden) say(event.message);
    if (event.event === "begins") say("");
  }

  function send(command) {
    if (socket !== null && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(command));
  }

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const secret = token === null ? "" : `?token=${encodeURIComponent(token)}`;
    socket = new WebSocket(`${scheme}://${location.host}/stage/socket${secret}`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => { base = null; say(""); };
    socket.onmessage = ({ data }) => (typeof data === "string" ? tell(JSON.parse(data)) : take(data));
    socket.onclose = () => {
      if (!controls.hidden) say(note.dataset.noConnection);
      setTimeout(connect, RECONNECT_MS);
    };
  }

  function look(x, y) {
    const within = (value) => Math.min(1, Math.max(-1, value));
    gaze = [within(x), within(y)];
    send({ command: "gaze", gaze });
  }

  const HOTKEYS = {
    Escape: () => send({ command: "stop" }),
    1: () => send({ command: "mood", mood: "neutral" }),
    2: () => send({ command: "mood", mood: "happy" }),
    3: () => send({ command: "mood", mood: "concerned" }),
    4: () => send({ command: "mood", mood: "surprised" }),
    ArrowLeft: () => look(gaze[0] - 0.25, gaze[1]),
    ArrowRight: () => look(gaze[0] + 0.25, gaze[1]),
    ArrowUp: () => look(gaze[0], gaze[1] - 0.25),
    ArrowDown: () => look(gaze[0], gaze[1] + 0.25),
    0: () => look(0, 0),
  };

  function allowSound() {
    if (audio.state !== "running") audio.resume().then(() => say(""));
  }

  addEventListener("pointerdown", allowSound);
  addEventListener("keydown", (event) => {
    allowSound();
    const isTyping = document.activeElement === words && event.key !== "Escape";
    const hotkey = HOTKEYS[event.key];
    if (hotkey === undefined || isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    hotkey();
  });
  controls.hidden = !query.has("controls");
  controls.addEventListener("submit", (event) => {
    event.preventDefault();
    if (words.value.trim() !== "") send({ command: "say", input: words.value });
    words.value = "";
  });
  controls.addEventListener("click", ({ target }) => {
    if (target.dataset.command !== undefined) send(JSON.parse(target.dataset.command));
  });
  // OBS lets every page sound; other browsers wait for a click.
  setTimeout(() => {
    if (audio.state !== "running" && window.obsstudio === undefined) say(note.dataset.click);
  }, 1500);

  connect();
  requestAnimationFrame(draw);
})();
