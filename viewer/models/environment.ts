/** What polished metal mirrors: the page's own sky, so that it is not black. */
import { MeshStandardMaterial, PMREMGenerator, Scene, type Material, type Texture, type WebGLRenderer } from 'three'
import { createSky } from '../render/sky.ts'

/** How much of the sky metal gives back; the lights do the rest. */
const INTENSITY = 0.75

export class Environment {
  readonly #renderer: WebGLRenderer
  readonly #software: boolean
  #texture: Texture | null = null

  /** `software`: a processor draws, and blurring a sky would hold the page for seconds: metal is matt there. */
  constructor(renderer: WebGLRenderer, software: boolean) {
    this.#renderer = renderer
    this.#software = software
  }

  /** Gives it to materials of metal; made when the first of them comes. */
  light(materials: Iterable<Material>): void {
    for (const material of materials) {
      if (!(material instanceof MeshStandardMaterial) || material.metalness === 0) continue
      if (this.#software) material.metalness = 0
      else {
        material.envMap = this.#texture ??= this.#make()
        material.envMapIntensity = INTENSITY
      }
    }
  }

  #make(): Texture {
    const generator = new PMREMGenerator(this.#renderer)
    const scene = new Scene()
    scene.add(createSky())
    const { texture } = generator.fromScene(scene, 0.02)
    generator.dispose()
    return texture
  }
}
