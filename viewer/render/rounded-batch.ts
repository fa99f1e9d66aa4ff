/** Draws any number of spheres, capsules and rounded boxes in one call each for colour and shadow. */
import {
  Color,
  DynamicDrawUsage,
  InstancedBufferAttribute,
  InstancedMesh,
  Matrix4,
  MeshDepthMaterial,
  MeshStandardMaterial,
  Quaternion,
  RGBADepthPacking,
  Vector3,
  type WebGLProgramParametersWithUniforms,
} from 'three'
import { roundedGeometry } from './rounded-geometry.ts'
import type { Quat, Vec3 } from '../../sim/types.ts'

/** A finish: `glow` 0 to 1 lights the shape up; `gloss` 0 to 1 makes it shine. */
export interface Finish {
  readonly glow: number
  readonly gloss: number
}
export const MATT: Finish = { glow: 0, gloss: 0 }

const VERTEX_HEAD = 'attribute vec3 side;\nattribute vec4 inner;\nattribute vec2 finish;\nvarying vec2 vFinish;\n'
const VERTEX_BODY = 'vec3 transformed = position * inner.w + side * inner.xyz;\n vFinish = finish;\n'

function stretch(shader: WebGLProgramParametersWithUniforms): void {
  shader.vertexShader = VERTEX_HEAD + shader.vertexShader.replace('#include <begin_vertex>', VERTEX_BODY)
}

/** Light that the sky throws past an edge: keeps shapes readable against each other, and marks what is pointed at. */
export function softRim(shader: WebGLProgramParametersWithUniforms, glow: string): void {
  shader.fragmentShader = shader.fragmentShader.replace(
    '#include <opaque_fragment>',
    `float rim = pow(1.0 - saturate(dot(normal, normalize(vViewPosition))), 3.0);
     outgoingLight += rim * diffuseColor.rgb * vec3(0.34, 0.38, 0.5) * saturate(normal.y * 0.6 + 0.5);
     outgoingLight += ${glow} * (diffuseColor.rgb * 0.45 + rim * vec3(0.9, 0.85, 1.0));
     #include <opaque_fragment>`,
  )
}

function material(): MeshStandardMaterial {
  const made = new MeshStandardMaterial({ roughness: 0.62, metalness: 0 })
  made.onBeforeCompile = (shader) => {
    stretch(shader)
    shader.fragmentShader = `varying vec2 vFinish;\n${shader.fragmentShader.replace(
      '#include <roughnessmap_fragment>',
      '#include <roughnessmap_fragment>\n roughnessFactor = mix(roughnessFactor, 0.18, vFinish.y);',
    )}`
    softRim(shader, 'vFinish.x')
  }
  return made
}

export class RoundedBatch {
  readonly mesh: InstancedMesh
  readonly #inner: InstancedBufferAttribute
  readonly #finish: InstancedBufferAttribute
  readonly #color: InstancedBufferAttribute
  readonly #matrix = new Matrix4()
  readonly #position = new Vector3()
  readonly #rotation = new Quaternion()
  readonly #one = new Vector3(1, 1, 1)
  #count = 0

  /** `max`: most instances drawn; more are ignored. */
  constructor(segments: number, cut: readonly [boolean, boolean, boolean], max: number) {
    const geometry = roundedGeometry(segments, cut)
    this.#inner = new InstancedBufferAttribute(new Float32Array(max * 4), 4)
    this.#finish = new InstancedBufferAttribute(new Float32Array(max * 2), 2)
    this.#color = new InstancedBufferAttribute(new Float32Array(max * 3), 3)
    for (const attribute of [this.#inner, this.#finish, this.#color]) attribute.setUsage(DynamicDrawUsage)
    geometry.setAttribute('inner', this.#inner)
    geometry.setAttribute('finish', this.#finish)
    this.mesh = new InstancedMesh(geometry, material(), max)
    this.mesh.instanceMatrix.setUsage(DynamicDrawUsage)
    this.mesh.instanceColor = this.#color
    this.mesh.castShadow = true
    this.mesh.receiveShadow = true
    this.mesh.frustumCulled = false
    this.mesh.count = 0
    const depth = new MeshDepthMaterial({ depthPacking: RGBADepthPacking })
    depth.onBeforeCompile = stretch
    this.mesh.customDepthMaterial = depth
  }

  begin(): void {
    this.#count = 0
  }

  /** Adds one shape: `inner` half extents within a skin of `radius`, metres. */
  add(
    position: Vec3,
    rotation: Quat,
    innerX: number,
    innerY: number,
    innerZ: number,
    radius: number,
    color: Color,
    finish: Finish,
  ): void {
    if (this.#count >= this.mesh.instanceMatrix.count) return
    const i = this.#count++
    this.#position.set(position.x, position.y, position.z)
    this.#rotation.set(rotation.x, rotation.y, rotation.z, rotation.w)
    this.#matrix.compose(this.#position, this.#rotation, this.#one)
    this.mesh.setMatrixAt(i, this.#matrix)
    this.#inner.setXYZW(i, innerX, innerY, innerZ, radius)
    this.#finish.setXY(i, finish.glow, finish.gloss)
    this.#color.setXYZ(i, color.r, color.g, color.b)
  }

  /** Uploads what was added since `begin`. */
  end(): void {
    this.mesh.count = this.#count
    this.mesh.visible = this.#count > 0
    for (const attribute of [this.#inner, this.#finish, this.#color, this.mesh.instanceMatrix]) {
      attribute.clearUpdateRanges()
      attribute.addUpdateRange(0, this.#count * attribute.itemSize)
      attribute.needsUpdate = true
    }
  }
}
