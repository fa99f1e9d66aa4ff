/** The environment map that metal reflects: the page's own sky. */
import { MeshStandardMaterial, PMREMGenerator, Scene, type Material, type Texture, type WebGLRenderer } from 'three'
import { createSky } from '../render/sky.ts'

/** Intensity of the reflected sky; the lights do the rest. */
const INTENSITY = 0.75

export class Environment {
  readonly #renderer: WebGLRenderer
  readonly #software: boolean
  #texture: Texture | null = null

  /** `software`: the processor draws. Blurring the sky would block the page for seconds, so metal is matt there. */
  constructor(renderer: WebGLRenderer, software: boolean) {
    this.#renderer = renderer
    this.#software = software
  }

  /** Sets it on metal materials; created with the first of them. */
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
