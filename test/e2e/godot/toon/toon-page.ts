/** Runs in the browser: draws a model as the page does, with the viewer's own reader and renderer settings. */
import {
  AmbientLight,
  Color,
  DirectionalLight,
  Mesh,
  NoToneMapping,
  PCFShadowMap,
  PerspectiveCamera,
  Scene,
  SRGBColorSpace,
  WebGLRenderer,
} from 'three'
import { loadVrm } from '../../../../viewer/models/vrm/load-vrm.ts'

export interface ToonShot {
  readonly width: number
  readonly height: number
  /** Vertical, degrees. */
  readonly fov: number
  /** Distance of the camera from the grid, metres. */
  readonly distance: number
  /** Direction to the light. */
  readonly light: readonly [x: number, y: number, z: number]
  /** A white surface that faces the light has this linear brightness. */
  readonly energy: number
  /** Linear brightness of a white surface in ambient light. */
  readonly ambient: number
  readonly hasShadows: boolean
  /** Time of the animated textures, seconds. */
  readonly seconds: number
  /** Background, sRGB. */
  readonly background: number
}

/** three.js divides light by this, so that a light of that intensity is as bright as one of Godot with energy 1. */
const UNIT = Math.PI

let renderer: WebGLRenderer | null = null

/** Data URL of a PNG. */
async function draw(url: string, shot: ToonShot): Promise<string> {
  const { scene: model, vrm } = await loadVrm(await (await fetch(url)).arrayBuffer())
  renderer ??= new WebGLRenderer({ antialias: true, preserveDrawingBuffer: true })
  renderer.toneMapping = NoToneMapping
  renderer.shadowMap.enabled = true
  renderer.shadowMap.type = PCFShadowMap
  renderer.setSize(shot.width, shot.height)
  const { background } = shot
  renderer.setClearColor(new Color().setRGB(background, background, background, SRGBColorSpace))
  const scene = new Scene()
  const sun = new DirectionalLight(0xffffff, shot.energy * UNIT)
  sun.position.set(...shot.light).multiplyScalar(5)
  sun.castShadow = shot.hasShadows
  sun.shadow.mapSize.set(1_024, 1_024)
  sun.shadow.bias = -0.002
  Object.assign(sun.shadow.camera, { left: -3, right: 3, top: 3, bottom: -3, near: 0.1, far: 20 })
  scene.add(model, sun, sun.target, new AmbientLight(0xffffff, shot.ambient * UNIT))
  model.traverse((node) => {
    if (node instanceof Mesh) node.castShadow = node.receiveShadow = shot.hasShadows
  })
  const camera = new PerspectiveCamera(shot.fov, shot.width / shot.height, 0.1, 100)
  camera.position.z = shot.distance
  vrm.animate(shot.seconds)
  renderer.render(scene, camera)
  return renderer.domElement.toDataURL('image/png')
}

declare global {
  interface Window {
    drawToon?: typeof draw
  }
}

if (typeof window !== 'undefined') window.drawToon = draw
