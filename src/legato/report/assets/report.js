"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("legato-data").textContent);
  const MISSING = -32768;

  const unpack = (text) => {
    const raw = atob(text);
    const view = new DataView(new ArrayBuffer(raw.length));
    for (let i = 0; i < raw.length; i++) view.setUint8(i, raw.charCodeAt(i));
    const out = new Float32Array(raw.length / 2);
    for (let i = 0; i < out.length; i++) {
      const v = view.getInt16(2 * i, true);
      out[i] = v === MISSING ? NaN : v;
    }
    return out;
  };
  const xyz = unpack(data.xyz);
  const deg = unpack(data.deg);
  const nPoints = data.points.length;
  const end = data.t0 + (data.n - 1) * data.dt;

  let time = data.t0;
  let playing = false;
  let speed = 0.25;
  let last = 0;
  let yaw = 0;
  let pitch = 0.15;
  const scene = $("scene");

  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  let colour = {};
  const readColours = () => {
    colour = { right: css("--accent"), left: css("--second"), mid: css("--text"), grid: css("--line") };
  };

  const box = (() => {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < xyz.length; i++) {
      const v = xyz[i];
      if (Number.isNaN(v)) continue;
      if (v < low[i % 3]) low[i % 3] = v;
      if (v > high[i % 3]) high[i % 3] = v;
    }
    return { low, high };
  })();
  const floor = Math.min(0, box.low[2]);
  const height = Math.max(300, box.high[2] - floor);
  const spread = Math.hypot(box.high[0] - box.low[0], box.high[1] - box.low[1]);
  const follows = spread > 1.6 * Math.max(height, 1200);

  const frameOf = (t) => Math.min(data.n - 1, Math.max(0, (t - data.t0) / data.dt));
  const at = (frame, point, axis) => {
    const a = Math.floor(frame);
    const b = Math.min(data.n - 1, a + 1);
    const p = xyz[(a * nPoints + point) * 3 + axis];
    const q = xyz[(b * nPoints + point) * 3 + axis];
    if (Number.isNaN(q)) return p;
    return p + (q - p) * (frame - a);
  };
  const middle = (frame) => {
    if (!follows) return [(box.low[0] + box.high[0]) / 2, (box.low[1] + box.high[1]) / 2];
    let x = 0, y = 0, n = 0;
    for (let i = 0; i < nPoints; i++) {
      const a = at(frame, i, 0);
      if (Number.isNaN(a)) continue;
      x += a; y += at(frame, i, 1); n++;
    }
    return n ? [x / n, y / n] : [0, 0];
  };

  const views = { front: [0, 0.05], side: [-Math.PI / 2, 0.05], top: [0, Math.PI / 2 - 0.001] };
  const look = (name) => {
    [yaw, pitch] = views[name];
    for (const b of document.querySelectorAll("[data-view]")) b.setAttribute("aria-pressed", String(b.dataset.view === name));
    draw();
  };

  const turned = (right, up) => {
    yaw += right;
    pitch = Math.min(Math.PI / 2 - 0.001, Math.max(-0.2, pitch + up));
    for (const b of document.querySelectorAll("[data-view]")) b.setAttribute("aria-pressed", "false");
    draw();
  };

  const draw = () => {
    if (!scene) return;
    const ratio = window.devicePixelRatio || 1;
    const w = scene.clientWidth, h = scene.clientHeight;
    if (!w || !h) return;
    if (scene.width !== Math.round(w * ratio) || scene.height !== Math.round(h * ratio)) {
      scene.width = Math.round(w * ratio);
      scene.height = Math.round(h * ratio);
    }
    const g = scene.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, w, h);
    const frame = frameOf(time);
    const centre = middle(frame);
    const across = follows ? Math.max(height, 1800) : Math.max(spread, 0.6 * height);
    const scale = Math.min(w / (across * 1.12), h / (height * 1.2 * Math.cos(pitch) + across * Math.sin(pitch) * 1.1));
    // The camera looks at the athlete's front at yaw 0; the screen's x runs to the athlete's left then.
    const turn = data.heading + yaw;
    const c = Math.cos(turn), s = Math.sin(turn), cp = Math.cos(pitch), sp = Math.sin(pitch);
    const midZ = floor + height / 2;
    const project = (x, y, z) => {
      const dx = x - centre[0], dy = y - centre[1], dz = z - midZ;
      const toward = dx * c + dy * s;
      const side = -dx * s + dy * c;
      return [w / 2 + side * scale, h / 2 - (dz * cp - toward * sp) * scale, toward * cp + dz * sp];
    };
    const line = (a, b) => { g.beginPath(); g.moveTo(a[0], a[1]); g.lineTo(b[0], b[1]); g.stroke(); };

    g.lineWidth = 1;
    g.strokeStyle = colour.grid;
    const reach = 500 * Math.ceil((across / 2 + 250) / 500);
    const snapX = 500 * Math.round(centre[0] / 500), snapY = 500 * Math.round(centre[1] / 500);
    for (let k = -reach; k <= reach; k += 500) {
      line(project(snapX + k, snapY - reach, floor), project(snapX + k, snapY + reach, floor));
      line(project(snapX - reach, snapY + k, floor), project(snapX + reach, snapY + k, floor));
    }

    const seen = [];
    for (let i = 0; i < nPoints; i++) {
      const x = at(frame, i, 0);
      seen.push(Number.isNaN(x) ? null : project(x, at(frame, i, 1), at(frame, i, 2)));
    }
    const bones = data.bones.filter(([a, b]) => seen[a] && seen[b])
      .sort((p, q) => seen[p[0]][2] + seen[p[1]][2] - seen[q[0]][2] - seen[q[1]][2]);
    g.lineCap = "round";
    for (const [a, b, side] of bones) {
      g.strokeStyle = side === "right" ? colour.right : side === "left" ? colour.left : colour.mid;
      g.lineWidth = side === "left" ? 2.5 : 4.5;
      line(seen[a], seen[b]);
    }
    const used = new Set(data.bones.flatMap(([a, b]) => [a, b]));
    data.points.forEach((name, i) => {
      const p = seen[i];
      if (!p) return;
      const tool = name === "bar" || name === "box" || name.startsWith("ball");
      if (!tool && !used.has(i) && name !== "head") return;
      g.fillStyle = g.strokeStyle = name.endsWith("_right") ? colour.right : name.endsWith("_left") ? colour.left : colour.mid;
      g.beginPath();
      if (name === "head") {
        g.lineWidth = 2.5;
        g.arc(p[0], p[1], Math.max(4, 95 * scale), 0, 2 * Math.PI);
        g.stroke();
      } else if (tool) {
        g.lineWidth = 2.5;
        g.rect(p[0] - 6, p[1] - 6, 12, 12);
        g.stroke();
      } else {
        g.arc(p[0], p[1], 3, 0, 2 * Math.PI);
        g.fill();
      }
    });
  };

  const repsAt = (t) => data.reps.filter((r) => t >= r.start - 1e-6 && t <= r.end + 1e-6);
  const called = (r) => (data.noun || "rep") + " " + r.number + (r.side && data.noun === "stride" ? " " + r.side : "");
  const cells = [];
  const showNumbers = () => {
    const now = repsAt(time), rep = now[0];
    const phaseOf = (r) => r.phases.find(([, a, b]) => time >= a && time <= b);
    if ($("clock")) {
      $("clock").textContent = time.toFixed(2) + " s";
      $("where").textContent = now.map((r) => {
        const phase = phaseOf(r);
        return called(r) + (phase ? ", " + phase[0].replace(/_/g, " ") : "");
      }).join("; ");
      $("frame").value = String(Math.round(frameOf(time)));
      $("frame").setAttribute("aria-valuetext", time.toFixed(2) + " s" + now.map((r) => ", " + called(r)).join(""));
    }
    const frame = Math.round(frameOf(time));
    for (const [cell, i] of cells) {
      const v = deg[frame * data.angles.length + i] / 10;
      cell.textContent = Number.isNaN(v) ? "—" : v.toFixed(0).replace(/^-0$/, "0").replace("-", "−") + "°";
    }
    for (const area of document.querySelectorAll(".area.abs, .area.rel")) {
      const holder = area.classList.contains("rel") ? area.closest(".timeline") : area;
      const low = +holder.dataset.low, high = +holder.dataset.high;
      let t = time;
      if (area.classList.contains("rel")) {
        const reference = rep && data.references ? data.references[rep.index] : undefined;
        t = reference === undefined ? NaN : time - reference;
      }
      const cursor = area.querySelector(".cursor");
      const inside = t >= low && t <= high;
      cursor.style.display = inside ? "block" : "none";
      if (inside) cursor.style.left = 100 * (t - low) / (high - low) + "%";
    }
  };

  const show = (t) => {
    time = Math.min(end, Math.max(data.t0, t));
    draw();
    showNumbers();
  };
  const setPlaying = (value) => {
    playing = value && data.n > 1;
    const button = $("play");
    if (!button) return;
    button.textContent = playing ? "❚❚" : "▶";
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    if (playing) {
      if (time >= end - data.dt / 2) time = data.t0;
      last = performance.now();
      requestAnimationFrame(tick);
    }
  };
  const tick = (now) => {
    if (!playing) return;
    const next = time + speed * Math.max(0, now - last) / 1000;
    last = now;
    show(next);
    if (next >= end) setPlaying(false);
    else requestAnimationFrame(tick);
  };
  const stepFrames = (count) => {
    setPlaying(false);
    show(data.t0 + data.dt * (Math.round(frameOf(time)) + count));
  };
  const jump = (t) => {
    setPlaying(false);
    show(t);
  };

  const angleTable = () => {
    const body = $("now");
    if (!body) return;
    const rows = new Map();
    data.angles.forEach((angle, i) => {
      const side = angle.name.endsWith("_right") ? "right" : angle.name.endsWith("_left") ? "left" : "";
      const title = side ? angle.label.replace(", " + side, "") : angle.label;
      if (!rows.has(title)) rows.set(title, {});
      rows.get(title)[side] = i;
    });
    for (const [title, sides] of rows) {
      const tr = body.insertRow();
      const th = document.createElement("th");
      th.scope = "row";
      th.textContent = title;
      tr.append(th);
      const put = (index, span, label) => {
        const td = tr.insertCell();
        td.colSpan = span;
        const value = document.createElement("span");
        if (label && index !== undefined) {
          const small = document.createElement("small");
          small.textContent = label + " ";
          td.append(small);
        }
        td.append(value);
        if (index === undefined) value.textContent = "";
        else cells.push([value, index]);
      };
      if ("" in sides) put(sides[""], 2, "");
      else { put(sides.right, 1, "R"); put(sides.left, 1, "L"); }
    }
  };

  const wire = () => {
    $("frame").max = String(data.n - 1);
    $("frame").addEventListener("input", (e) => jump(data.t0 + data.dt * +e.target.value));
    $("play").addEventListener("click", () => setPlaying(!playing));
    $("back").addEventListener("click", () => stepFrames(-1));
    $("on").addEventListener("click", () => stepFrames(1));
    speed = +$("speed").value;
    $("speed").addEventListener("change", (e) => { speed = +e.target.value; });
    for (const b of document.querySelectorAll("[data-view]")) b.addEventListener("click", () => look(b.dataset.view));
    const whole = Math.max(end - data.t0, 1e-9);
    for (const rep of data.reps) {
      const i = document.createElement("i");
      i.style.left = 100 * (rep.start - data.t0) / whole + "%";
      i.style.width = 100 * (rep.end - rep.start) / whole + "%";
      i.textContent = rep.number;
      $("spans").append(i);
    }

    const stage = $("stage");
    let drag = null;
    stage.addEventListener("pointerdown", (e) => { drag = [e.clientX, e.clientY]; stage.setPointerCapture(e.pointerId); });
    stage.addEventListener("pointermove", (e) => {
      if (!drag) return;
      turned((drag[0] - e.clientX) * 0.01, (e.clientY - drag[1]) * 0.01);
      drag = [e.clientX, e.clientY];
    });
    for (const kind of ["pointerup", "pointercancel"]) stage.addEventListener(kind, () => { drag = null; });

    const nextRep = (way) => {
      const starts = data.reps.map((r) => r.start);
      const found = way > 0 ? starts.find((t) => t > time + data.dt / 2) : starts.reverse().find((t) => t < time - data.dt / 2);
      if (found !== undefined) jump(found);
    };
    document.addEventListener("keydown", (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, select, textarea")) return;
      const many = e.shiftKey ? 10 : 1;
      if (e.key === "ArrowLeft") stepFrames(-many);
      else if (e.key === "ArrowRight") stepFrames(many);
      else if (e.key === "[") nextRep(-1);
      else if (e.key === "]") nextRep(1);
      else if (e.key === " " && (e.target === stage || e.target === document.body)) setPlaying(!playing);
      else if (e.key === "Home" && e.target === stage) jump(data.t0);
      else if (e.key === "End" && e.target === stage) jump(end);
      else return;
      e.preventDefault();
    });
    new ResizeObserver(draw).observe(scene);
  };

  document.addEventListener("click", (e) => {
    const target = e.target.closest("[data-t]");
    if (!target) return;
    jump(+target.dataset.t);
    const panel = $("replay").getBoundingClientRect();
    const away = panel.bottom < 80 || panel.top > window.innerHeight - 80;
    if (away && scene) $("replay").scrollIntoView({ block: "nearest" });
  });
  const say = (e) => {
    const mark = e.target.closest && e.target.closest(".mk");
    if (mark && $("readout")) $("readout").textContent = mark.getAttribute("aria-label");
  };
  document.addEventListener("mouseover", say);
  document.addEventListener("focusin", say);

  const choose = $("trial-angle");
  if (choose) {
    const pick = () => {
      for (const one of document.querySelectorAll(".trial .one")) one.hidden = one.dataset.angle !== choose.value;
      showNumbers();
    };
    choose.addEventListener("change", pick);
    pick();
  }

  readColours();
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", () => { readColours(); draw(); });
  angleTable();
  if (scene) {
    wire();
    look("side");
    turned(0.55, 0.1);
  }
  const first = Object.values(data.references || {})[0];
  show(first !== undefined ? first : data.reps.length ? (data.reps[0].start + data.reps[0].end) / 2 : data.t0);
  window.legato = { jump, time: () => time, playing: () => playing };
})();
