/** Soft contact shadows: they ground shapes even if the machine draws no cast shadows. */
import {
  Color,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedMesh,
  Matrix4,
  PlaneGeometry,
  ShaderMaterial,
  Vector3,
} from 'three'

/** Above this height a shape throws no spot, metres. */
const HEIGHT_MAX = 2.5
/** A hair over the ground, so that the two do not fight for the pixel, metres. */
const LIFT = 0.012

const VERTEX = `
attribute float strength;
varying vec2 vAt;
varying float vStrength;
void main() {
  vAt = uv * 2.0 - 1.0;
  vStrength = strength;
  gl_Position = projectionMatrix * modelViewMatrix * instanceMatrix * vec4(position, 1.0);
}`

const FRAGMENT = `
uniform vec3 tint;
varying vec2 vAt;
varying float vStrength;
void main() {
  float away = length(vAt);
  float alpha = vStrength * pow(smoothstep(1.0, 0.0, away), 1.6);
  gl_FragColor = vec4(tint, alpha);
}`

export class ContactShadows {
  readonly mesh: InstancedMesh
  readonly #strength: InstancedBufferAttribute
  readonly #matrix = new Matrix4()
  readonly #scale = new Vector3()
  #count = 0

  /** `max`: number of spots drawn. */
  constructor(max: number) {
    const geometry = new PlaneGeometry(2, 2).rotateX(-Math.PI / 2)
    this.#strength = new InstancedBufferAttribute(new Float32Array(max), 1).setUsage(DynamicDrawUsage)
    geometry.setAttribute('strength', this.#strength)
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      transparent: true,
      depthWrite: false,
      polygonOffset: true,
      polygonOffsetFactor: -2,
      polygonOffsetUnits: -2,
      uniforms: { tint: { value: new Color(0x2b2350) } },
    })
    this.mesh = new InstancedMesh(geometry, material, max)
    this.mesh.frustumCulled = false
    this.mesh.renderOrder = 1
    this.mesh.count = 0
  }

  begin(): void {
    this.#count = 0
  }

  /** A spot under something `bottom` metres above the ground with half widths `x` and `z`, turned by `yaw`. */
  add(atX: number, atZ: number, bottom: number, x: number, z: number, yaw: number): void {
    const nearness = 1 - Math.max(0, bottom) / HEIGHT_MAX
    if (nearness <= 0 || this.#count >= this.#strength.count) return
    const spread = 1.25 + Math.max(0, bottom) * 0.35
    const i = this.#count++
    this.#matrix.makeRotationY(yaw).scale(this.#scale.set(x * spread, 1, z * spread))
    this.#matrix.setPosition(atX, LIFT, atZ)
    this.mesh.setMatrixAt(i, this.#matrix)
    this.#strength.setX(i, 0.5 * nearness * nearness)
  }

  end(): void {
    this.mesh.count = this.#count
    this.mesh.visible = this.#count > 0
    this.mesh.instanceMatrix.needsUpdate = true
    this.#strength.needsUpdate = true
  }
}
