// The skeleton on a plain canvas, where the browser has no WebGL.
import type { Camera } from "./camera";
import { readLook, sideColour, type Look } from "./look";
import { isTool, METRES_PER_NEWTON, type Poses, type Scene, type Stage } from "./pose";

type Point = [number, number, number];

export class CanvasStage implements Stage {
  readonly kind = "canvas";
  private readonly canvas = document.createElement("canvas");
  private colours: Look = readLook();

  constructor(private readonly host: HTMLElement, private readonly camera: Camera) {
    host.append(this.canvas);
  }

  recolour(): void {
    this.colours = readLook();
  }

  resize(): void {}

  destroy(): void {
    this.canvas.remove();
  }

  draw({ poses, ghost, t }: Scene): void {
    const ratio = devicePixelRatio || 1;
    const { clientWidth: w, clientHeight: h } = this.host;
    if (!w || !h) return;
    this.canvas.width = Math.round(w * ratio);
    this.canvas.height = Math.round(h * ratio);
    const g = this.canvas.getContext("2d");
    if (!g) return;
    g.scale(ratio, ratio);
    const centre = poses.centre(t);
    const { height, across } = poses;
    const [c, s, cp, sp] = this.camera.seen(poses.head.heading);
    const scale = this.camera.nearer * Math.min(w / (across * 1.12), h / (height * 1.2 * cp + across * Math.abs(sp) * 1.1));
    const project = (x: number, y: number, z: number): Point => {
      const [dx, dy, dz] = [x - centre[0], y - centre[1], z - centre[2]];
      const toward = dx * c + dy * s;
      return [w / 2 + (-dx * s + dy * c) * scale, h / 2 - (dz * cp - toward * sp) * scale, toward * cp + dz * sp];
    };
    const line = (a: Point, b: Point): void => {
      g.beginPath();
      g.moveTo(a[0], a[1]);
      g.lineTo(b[0], b[1]);
      g.stroke();
    };
    g.lineWidth = 1;
    g.strokeStyle = this.colours.line;
    const reach = 0.5 * Math.ceil((across / 2 + 0.25) / 0.5);
    const [x0, y0, floor] = [0.5 * Math.round(centre[0] / 0.5), 0.5 * Math.round(centre[1] / 0.5), poses.floor];
    for (let k = -reach; k <= reach + 1e-6; k += 0.5) {
      line(project(x0 + k, y0 - reach, floor), project(x0 + k, y0 + reach, floor));
      line(project(x0 - reach, y0 + k, floor), project(x0 + reach, y0 + k, floor));
    }
    for (const plate of poses.head.plates) {
      const corners = plate.corners_m?.map((p) => project(p[0]!, p[1]!, p[2]!));
      corners?.forEach((corner, k) => line(corner, corners[(k + 1) % corners.length]!));
    }
    if (ghost) this.figure(g, ghost.poses, ghost.poses.over(ghost.t, poses.head.heading, centre), project, scale, line, true);
    this.figure(g, poses, poses.at(t), project, scale, line, false);
    g.strokeStyle = this.colours.arrow;
    g.lineWidth = 4;
    for (const { at, force } of poses.arrows(t)) {
      const size = METRES_PER_NEWTON;
      const [from, to] = [project(...at), project(at[0] + force[0] * size, at[1] + force[1] * size, at[2] + force[2] * size)];
      line(from, to);
      const way = Math.atan2(to[1] - from[1], to[0] - from[0]);
      for (const side of [-1, 1]) line(to, [to[0] - 10 * Math.cos(way + 0.45 * side), to[1] - 10 * Math.sin(way + 0.45 * side), 0]);
    }
  }

  private figure(
    g: CanvasRenderingContext2D, poses: Poses, xyz: Float32Array, project: (x: number, y: number, z: number) => Point, scale: number,
    line: (a: Point, b: Point) => void, ghost: boolean,
  ): void {
    const { points, bones } = poses.head;
    const seen = points.map((_, i) => (xyz[3 * i] === xyz[3 * i] ? project(xyz[3 * i]!, xyz[3 * i + 1]!, xyz[3 * i + 2]!) : null));
    g.globalAlpha = ghost ? 0.4 : 1;
    g.setLineDash(ghost ? [5, 4] : []);
    g.lineCap = "round";
    for (const [a, b, side] of bones) {
      const [p, q] = [seen[a], seen[b]];
      if (!p || !q) continue;
      g.strokeStyle = ghost ? this.colours.muted : sideColour(this.colours, side);
      g.lineWidth = side === "left" ? 2.5 : 4;
      line(p, q);
    }
    const joined = new Set(bones.flatMap(([a, b]) => [a, b]));
    points.forEach((name, i) => {
      const p = seen[i];
      if (!p || (!joined.has(i) && name !== "head" && !isTool(name))) return;
      g.fillStyle = g.strokeStyle = ghost ? this.colours.muted : sideColour(this.colours, name.endsWith("_right") ? "right" : name.endsWith("_left") ? "left" : "");
      g.beginPath();
      g.lineWidth = 2;
      if (name === "head") {
        g.arc(p[0], p[1], Math.max(4, 0.095 * scale), 0, 2 * Math.PI);
        g.stroke();
      } else if (isTool(name)) g.strokeRect(p[0] - 6, p[1] - 6, 12, 12);
      else {
        g.arc(p[0], p[1], 3, 0, 2 * Math.PI);
        g.fill();
      }
    });
    g.globalAlpha = 1;
    g.setLineDash([]);
  }
}
