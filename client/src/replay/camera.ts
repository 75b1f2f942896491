// From where the skeleton is seen: turned about the vertical, from higher up or lower down, nearer or farther.

const VIEWS: Record<string, [number, number]> = { front: [0, 0.05], side: [-Math.PI / 2, 0.05], top: [0, Math.PI / 2 - 0.001] };

export class Camera {
  yaw = 0;
  pitch = 0.15;
  nearer = 1;

  /** From one of the named sides. */
  look(name: string): void {
    [this.yaw, this.pitch] = VIEWS[name] ?? VIEWS.side!;
  }

  /** On from where it is, rad. */
  turn(yaw: number, pitch: number): void {
    this.yaw += yaw;
    this.pitch = Math.min(Math.PI / 2 - 0.001, Math.max(-0.2, this.pitch + pitch));
  }

  zoom(factor: number): void {
    this.nearer = Math.min(6, Math.max(0.4, this.nearer * factor));
  }

  /** Cosine and sine of its turn about the vertical, the athlete's heading counted in, and of its height. */
  seen(heading: number): [number, number, number, number] {
    const turn = heading + this.yaw;
    return [Math.cos(turn), Math.sin(turn), Math.cos(this.pitch), Math.sin(this.pitch)];
  }
}
