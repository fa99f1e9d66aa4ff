/** Renderer, lights, fog and the fixed parts of the world. */
import {
  AmbientLight,
  DirectionalLight,
  FogExp2,
  HemisphereLight,
  NoToneMapping,
  PCFShadowMap,
  PerspectiveCamera,
  Scene,
  WebGLRenderer,
} from 'three'
import { createGround, HAZE_COLOR, type Ground } from './ground.ts'
import { LIGHT } from './palette.ts'
import type { Quality } from './quality.ts'
import { createSky, SUN_DIRECTION } from './sky.ts'

/** Half the width of the area in the sun's shadow map, metres. */
const SHADOW_REACH = 17
const SUN_DISTANCE = 40

export interface RenderContext {
  readonly scene: Scene
  readonly camera: PerspectiveCamera
  readonly renderer: WebGLRenderer
  readonly ground: Ground
  /** True for software rendering, which is a hundred times slower. */
  readonly software: boolean
  apply(quality: Quality): void
  resize(): void
  /** Draws, with shadows kept round `x`, `z`. */
  draw(x: number, z: number): void
}

function createSun(): DirectionalLight {
  const sun = new DirectionalLight(LIGHT.key, 2.6)
  sun.castShadow = true
  const camera = sun.shadow.camera
  camera.left = camera.bottom = -SHADOW_REACH
  camera.right = camera.top = SHADOW_REACH
  camera.near = 1
  camera.far = SUN_DISTANCE * 2
  sun.shadow.bias = -0.0004
  sun.shadow.normalBias = 0.03
  sun.shadow.radius = 3.2
  sun.shadow.intensity = 0.62
  return sun
}

function drawsInSoftware(gl: WebGLRenderingContext | WebGL2RenderingContext): boolean {
  const info = gl.getExtension('WEBGL_debug_renderer_info')
  const name: unknown = info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : ''
  return typeof name === 'string' && /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name)
}

/** Throws if the browser has no WebGL 2. */
export function createRenderContext(canvas: HTMLCanvasElement): RenderContext {
  const renderer = new WebGLRenderer({ canvas, antialias: true, powerPreference: 'high-performance' })
  // Pastels stay as they were chosen: the lights add up to white at most.
  renderer.toneMapping = NoToneMapping
  renderer.shadowMap.enabled = true
  renderer.shadowMap.type = PCFShadowMap
  renderer.setClearColor(HAZE_COLOR)
  const scene = new Scene()
  scene.fog = new FogExp2(HAZE_COLOR, 0.0115)
  const camera = new PerspectiveCamera(55, 1, 0.06, 400)
  const sun = createSun()
  const ground = createGround()
  scene.add(
    createSky(),
    ground.group,
    sun,
    sun.target,
    new HemisphereLight(LIGHT.skyFill, LIGHT.groundFill, 1.95),
    new AmbientLight(0xffffff, 0.1),
  )

  const resize = (): void => {
    const { clientWidth: width, clientHeight: height } = canvas
    renderer.setSize(width, height, false)
    camera.aspect = width / Math.max(1, height)
    // A tall phone sees as far to the sides as it can without bending.
    camera.fov = camera.aspect < 0.8 ? 68 : 55
    camera.updateProjectionMatrix()
  }
  const apply = (quality: Quality): void => {
    renderer.setPixelRatio(Math.min(devicePixelRatio, quality.pixelRatioMax))
    sun.castShadow = quality.shadowTexels > 0
    if (quality.shadowTexels > 0 && sun.shadow.mapSize.x !== quality.shadowTexels) {
      sun.shadow.mapSize.set(quality.shadowTexels, quality.shadowTexels)
      sun.shadow.map?.dispose()
      sun.shadow.map = null
    }
    resize()
  }
  const draw = (x: number, z: number): void => {
    // Whole texels, so that shadow edges do not swim as the light follows.
    const texel = (SHADOW_REACH * 2) / sun.shadow.mapSize.x
    sun.target.position.set(Math.round(x / texel) * texel, 0, Math.round(z / texel) * texel)
    sun.position.copy(SUN_DIRECTION).multiplyScalar(SUN_DISTANCE).add(sun.target.position)
    ground.lookFrom(camera.position.x, camera.position.z)
    renderer.render(scene, camera)
  }
  return { scene, camera, renderer, ground, software: drawsInSoftware(renderer.getContext()), apply, resize, draw }
}
