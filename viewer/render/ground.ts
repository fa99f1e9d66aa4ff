/** The ground: the realm's quad plane with a quiet grid that fades with distance and dissolves into haze at its edge. */
import {
  Color,
  Group,
  Mesh,
  MeshStandardMaterial,
  PlaneGeometry,
  Vector2,
  type WebGLProgramParametersWithUniforms,
} from 'three'
import { GROUND, SKY } from './palette.ts'

const GRID = `
float line(vec2 at, float spacing, float width) {
  vec2 cell = abs(fract(at / spacing - 0.5) - 0.5) * spacing;
  vec2 blur = fwidth(at);
  vec2 edge = smoothstep(vec2(width) + blur, vec2(width) - blur * 0.5, cell) * clamp(width * 2.0 / max(blur, vec2(1e-5)), 0.0, 1.0);
  return max(edge.x, edge.y);
}`

const SHADE = `
#include <color_fragment>
float away = length(vGround - uEye);
float fine = line(vGround, 1.0, 0.010) * smoothstep(26.0, 6.0, away);
float coarse = line(vGround, 5.0, 0.016) * smoothstep(90.0, 18.0, away);
diffuseColor.rgb = mix(diffuseColor.rgb, uLine, max(fine * 0.3, coarse * 0.42));
float fromSpawn = length(vGround - uSpawn);
float ring = smoothstep(0.035, 0.015, abs(fromSpawn - 1.2));
diffuseColor.rgb = mix(diffuseColor.rgb, uRing, ring * 0.55);
`

const HAZE = `
#include <fog_fragment>
vec2 toEdge = uHalf - abs(vGround);
float edge = smoothstep(0.0, min(9.0, min(uHalf.x, uHalf.y) * 0.25), min(toEdge.x, toEdge.y));
gl_FragColor.a *= edge;
`

interface GroundUniforms {
  readonly uEye: { value: Vector2 }
  readonly uHalf: { value: Vector2 }
  readonly uSpawn: { value: Vector2 }
}

export interface Ground {
  readonly group: Group
  /** Keeps the grid's fade round the camera. */
  lookFrom(x: number, z: number): void
  /** Sets the realm's half extents and where its players start, metres. */
  frame(half: { readonly x: number; readonly z: number }, spawn: { readonly x: number; readonly z: number }): void
}

function groundMaterial(uniforms: GroundUniforms): MeshStandardMaterial {
  const material = new MeshStandardMaterial({ color: GROUND.base, roughness: 0.95, metalness: 0, transparent: true })
  material.onBeforeCompile = (shader: WebGLProgramParametersWithUniforms) => {
    Object.assign(shader.uniforms, uniforms, {
      uLine: { value: new Color(GROUND.line) },
      uRing: { value: new Color(GROUND.ring) },
    })
    shader.vertexShader = `varying vec2 vGround;\n${shader.vertexShader.replace(
      '#include <begin_vertex>',
      '#include <begin_vertex>\n vGround = (modelMatrix * vec4(position, 1.0)).xz;',
    )}`
    shader.fragmentShader = `varying vec2 vGround;\nuniform vec2 uEye, uHalf, uSpawn;\nuniform vec3 uLine, uRing;\n${GRID}\n${shader.fragmentShader
      .replace('#include <color_fragment>', SHADE)
      .replace('#include <fog_fragment>', HAZE)}`
  }
  return material
}

export function createGround(): Ground {
  const uniforms: GroundUniforms = {
    uEye: { value: new Vector2() },
    uHalf: { value: new Vector2(50, 50) },
    uSpawn: { value: new Vector2() },
  }
  const plane = new Mesh(new PlaneGeometry(1, 1), groundMaterial(uniforms))
  plane.rotation.x = -Math.PI / 2
  plane.scale.set(100, 100, 1)
  plane.receiveShadow = true
  const group = new Group()
  group.add(plane)
  return {
    group,
    lookFrom: (x, z) => uniforms.uEye.value.set(x, z),
    frame(half, spawn) {
      plane.scale.set(half.x * 2, half.z * 2, 1)
      uniforms.uHalf.value.set(half.x, half.z)
      uniforms.uSpawn.value.set(spawn.x, spawn.z)
    },
  }
}

/** Below the horizon there is only haze, in the horizon's colour. */
export const HAZE_COLOR = SKY.horizon
