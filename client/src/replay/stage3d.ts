// The skeleton in WebGL: bones and joints as instances of one shape each, force arrows, the floor and the plates.
import {
  AmbientLight, BoxGeometry, BufferGeometry, Color, ConeGeometry, CylinderGeometry, DirectionalLight, DynamicDrawUsage, Float32BufferAttribute,
  InstancedMesh, LineBasicMaterial, LineSegments, Matrix4, MeshLambertMaterial, PerspectiveCamera, Quaternion, Scene as World, SphereGeometry,
  Vector3, WebGLRenderer,
} from "three";

import type { Camera } from "./camera";
import { readLook, sideColour, type Look } from "./look";
import { isTool, METRES_PER_NEWTON, type Poses, type Scene, type Stage } from "./pose";

const UP = new Vector3(0, 1, 0);
const NONE = new Matrix4().makeScale(0, 0, 0);
const ARROWS = 8;
const FIELD = 32;

const segment = (into: Matrix4, a: Vector3, b: Vector3, radius: number): void => {
  const along = new Vector3().subVectors(b, a);
  const length = along.length();
  if (!(length > 1e-6)) {
    into.copy(NONE);
    return;
  }
  const turned = new Quaternion().setFromUnitVectors(UP, along.divideScalar(length));
  into.compose(new Vector3().addVectors(a, b).multiplyScalar(0.5), turned, new Vector3(radius, length, radius));
};

interface Shape { i: number; radius: number; tool: boolean }

class Figure {
  readonly bones: InstancedMesh;
  readonly joints: InstancedMesh;
  readonly tools: InstancedMesh;
  private readonly shown: Shape[];
  private readonly material: MeshLambertMaterial;

  constructor(world: World, private readonly poses: Poses, private readonly ghost: boolean) {
    const { points, bones } = poses.head;
    const size = poses.height / 1.8;
    const joined = new Set(bones.flatMap(([a, b]) => [a, b]));
    this.shown = points.flatMap((name, i): Shape[] => {
      if (name === "head") return [{ i, radius: 0.095 * size, tool: false }];
      if (isTool(name)) return [{ i, radius: 0.035 * size, tool: true }];
      return joined.has(i) ? [{ i, radius: 0.019 * size, tool: false }] : [];
    });
    this.material = new MeshLambertMaterial({ transparent: ghost, opacity: ghost ? 0.35 : 1, depthWrite: !ghost });
    const balls = this.shown.filter((one) => !one.tool).length;
    this.bones = new InstancedMesh(new CylinderGeometry(1, 1, 1, 8), this.material, Math.max(1, bones.length));
    this.joints = new InstancedMesh(new SphereGeometry(1, 14, 10), this.material, Math.max(1, balls));
    this.tools = new InstancedMesh(new BoxGeometry(2, 2, 2), this.material, Math.max(1, this.shown.length - balls));
    this.bones.count = bones.length;
    this.joints.count = balls;
    this.tools.count = this.shown.length - balls;
    for (const mesh of [this.bones, this.joints, this.tools]) {
      mesh.instanceMatrix.setUsage(DynamicDrawUsage);
      mesh.frustumCulled = false;
      world.add(mesh);
    }
  }

  recolour(look: Look): void {
    const { points, bones } = this.poses.head;
    const colour = (side: string): Color => new Color(this.ghost ? look.muted : sideColour(look, side));
    bones.forEach(([, , side], k) => this.bones.setColorAt(k, colour(side)));
    let [ball, box] = [0, 0];
    for (const { i, tool } of this.shown) {
      const name = points[i]!;
      const side = name.endsWith("_right") ? "right" : name.endsWith("_left") ? "left" : "";
      if (tool) this.tools.setColorAt(box++, colour(side));
      else this.joints.setColorAt(ball++, colour(side));
    }
    for (const mesh of [this.bones, this.joints, this.tools]) if (mesh.instanceColor) mesh.instanceColor.needsUpdate = true;
  }

  draw(xyz: Float32Array): void {
    const { poses } = this;
    const point = (i: number, into: Vector3): Vector3 => into.set(xyz[3 * i]!, xyz[3 * i + 1]!, xyz[3 * i + 2]!);
    const [a, b, m] = [new Vector3(), new Vector3(), new Matrix4()];
    const size = poses.height / 1.8;
    poses.head.bones.forEach(([from, to, side], k) => {
      if (xyz[3 * from] !== xyz[3 * from] || xyz[3 * to] !== xyz[3 * to]) m.copy(NONE);
      else segment(m, point(from, a), point(to, b), (side === "left" ? 0.01 : 0.014) * size);
      this.bones.setMatrixAt(k, m);
    });
    let [ball, box] = [0, 0];
    for (const { i, radius, tool } of this.shown) {
      if (xyz[3 * i] !== xyz[3 * i]) m.copy(NONE);
      else m.makeScale(radius, radius, radius).setPosition(point(i, a));
      if (tool) this.tools.setMatrixAt(box++, m);
      else this.joints.setMatrixAt(ball++, m);
    }
    for (const mesh of [this.bones, this.joints, this.tools]) mesh.instanceMatrix.needsUpdate = true;
  }

  set visible(shown: boolean) {
    this.bones.visible = this.joints.visible = this.tools.visible = shown;
  }
}

export class WebGLStage implements Stage {
  readonly kind = "webgl";
  private readonly renderer: WebGLRenderer;
  private readonly world = new World();
  private readonly lens = new PerspectiveCamera(FIELD, 1, 0.05, 200);
  private readonly sun = new DirectionalLight(0xffffff, 2);
  private readonly floor: LineSegments<BufferGeometry, LineBasicMaterial>;
  private readonly plates: LineSegments<BufferGeometry, LineBasicMaterial>;
  private readonly shafts: InstancedMesh<CylinderGeometry, MeshLambertMaterial>;
  private readonly tips: InstancedMesh<ConeGeometry, MeshLambertMaterial>;
  private figure: Figure;
  private ghost: { poses: Poses; figure: Figure } | null = null;

  constructor(private readonly host: HTMLElement, poses: Poses, private readonly camera: Camera) {
    this.renderer = new WebGLRenderer({ antialias: true, alpha: true, powerPreference: "low-power" });
    this.renderer.setPixelRatio(Math.min(2, devicePixelRatio || 1));
    host.append(this.renderer.domElement);
    this.lens.up.set(0, 0, 1);
    this.world.add(new AmbientLight(0xffffff, 1.6), this.sun);
    const reach = 0.5 * Math.ceil((poses.across / 2 + 0.25) / 0.5);
    const lines: number[] = [];
    for (let k = -reach; k <= reach + 1e-6; k += 0.5) lines.push(k, -reach, 0, k, reach, 0, -reach, k, 0, reach, k, 0);
    this.floor = this.lines(lines);
    this.plates = this.lines(
      poses.head.plates.flatMap(({ corners_m: corners }) => (corners ?? []).flatMap((corner, k) => [...corner, ...corners![(k + 1) % corners!.length]!])),
    );
    this.shafts = new InstancedMesh(new CylinderGeometry(1, 1, 1, 8), new MeshLambertMaterial(), ARROWS);
    this.tips = new InstancedMesh(new ConeGeometry(1, 1, 12), this.shafts.material, ARROWS);
    this.shafts.frustumCulled = this.tips.frustumCulled = false;
    this.world.add(this.shafts, this.tips);
    this.figure = new Figure(this.world, poses, false);
    this.recolour();
    this.resize();
  }

  private lines(at: number[]): LineSegments<BufferGeometry, LineBasicMaterial> {
    const made = new LineSegments(new BufferGeometry().setAttribute("position", new Float32BufferAttribute(at, 3)), new LineBasicMaterial());
    made.frustumCulled = false;
    this.world.add(made);
    return made;
  }

  recolour(): void {
    const look = readLook();
    this.floor.material.color.set(look.line);
    this.plates.material.color.set(look.muted);
    this.shafts.material.color.set(look.arrow);
    this.figure.recolour(look);
    this.ghost?.figure.recolour(look);
  }

  resize(): void {
    const { clientWidth: w, clientHeight: h } = this.host;
    if (!w || !h) return;
    this.renderer.setSize(w, h);
    this.lens.aspect = w / h;
    this.lens.updateProjectionMatrix();
  }

  destroy(): void {
    this.renderer.domElement.remove();
    this.world.traverse((one) => {
      if (!(one instanceof InstancedMesh || one instanceof LineSegments)) return;
      one.geometry.dispose();
      one.material.dispose();
      if (one instanceof InstancedMesh) one.dispose();
    });
    this.renderer.dispose();
    if (!this.renderer.getContext().isContextLost()) this.renderer.forceContextLoss();
  }

  draw({ poses, ghost, t }: Scene): void {
    const centre = poses.centre(t);
    this.figure.draw(poses.at(t));
    if (ghost && this.ghost?.poses !== ghost.poses) {
      this.ghost = { poses: ghost.poses, figure: new Figure(this.world, ghost.poses, true) };
      this.ghost.figure.recolour(readLook());
    }
    if (this.ghost) this.ghost.figure.visible = ghost !== null;
    if (ghost) this.ghost?.figure.draw(ghost.poses.over(ghost.t, poses.head.heading, centre));
    this.arrows(poses, t);
    const half = Math.tan((0.5 * FIELD * Math.PI) / 180);
    const [c, s, cp, sp] = this.camera.seen(poses.head.heading);
    const tall = 0.58 * (poses.height * cp + poses.across * Math.abs(sp));
    const far = Math.max(tall, (0.56 * poses.across) / this.lens.aspect) / half / this.camera.nearer + 0.25 * poses.across;
    this.lens.position.set(centre[0] + far * c * cp, centre[1] + far * s * cp, centre[2] + far * sp);
    this.lens.lookAt(centre[0], centre[1], centre[2]);
    this.sun.position.copy(this.lens.position).add(new Vector3(0, 0, 0.6 * far));
    this.floor.position.set(0.5 * Math.round(centre[0] / 0.5), 0.5 * Math.round(centre[1] / 0.5), poses.floor - 0.005);
    this.renderer.render(this.world, this.lens);
  }

  private arrows(poses: Poses, t: number): void {
    const found = poses.arrows(t);
    const [a, b, tip, m] = [new Vector3(), new Vector3(), new Vector3(), new Matrix4()];
    for (let k = 0; k < ARROWS; k++) {
      const arrow = found[k];
      if (!arrow) {
        this.shafts.setMatrixAt(k, NONE);
        this.tips.setMatrixAt(k, NONE);
        continue;
      }
      a.set(...arrow.at);
      tip.set(...arrow.force).multiplyScalar(METRES_PER_NEWTON).add(a);
      const head = Math.min(0.07, 0.4 * a.distanceTo(tip));
      b.copy(tip).lerp(a, head / a.distanceTo(tip));
      segment(m, a, b, 0.012);
      this.shafts.setMatrixAt(k, m);
      segment(m, b, tip, 0.034);
      this.tips.setMatrixAt(k, m);
    }
    this.shafts.instanceMatrix.needsUpdate = this.tips.instanceMatrix.needsUpdate = true;
  }
}

/** The stage, or nothing where the browser has no WebGL. */
export const webglStage = (host: HTMLElement, poses: Poses, camera: Camera): Stage | null => {
  try {
    const probe = document.createElement("canvas");
    if (!probe.getContext("webgl2")) return null;
    return new WebGLStage(host, poses, camera);
  } catch {
    host.replaceChildren();
    return null;
  }
};
