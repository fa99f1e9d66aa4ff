/** The textures of a material, also of one with a shader of its own. */
import { ShaderMaterial, Texture, type Material } from 'three'

export function texturesOf(material: Material): readonly Texture[] {
  const uniforms = material instanceof ShaderMaterial ? Object.values(material.uniforms) : []
  const values: readonly unknown[] = [...Object.values(material), ...uniforms.map(({ value }): unknown => value)]
  return values.filter((value): value is Texture => value instanceof Texture)
}
