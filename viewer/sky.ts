/** The sky: a soft vertical gradient with a hazy sun, drawn behind everything. */
import { BackSide, Color, Mesh, ShaderMaterial, SphereGeometry, Vector3 } from 'three'
import { SKY } from './palette.ts'

/** Where the sun stands, a unit vector from the ground. Low and warm. */
export const SUN_DIRECTION = new Vector3(-0.62, 0.66, 0.3).normalize()

const VERTEX = `
varying vec3 vDirection;
void main() {
  vDirection = position;
  vec4 clip = projectionMatrix * mat4(mat3(modelViewMatrix)) * vec4(position, 1.0);
  gl_Position = clip.xyww;
}`

const FRAGMENT = `
uniform vec3 zenith;
uniform vec3 middle;
uniform vec3 horizon;
uniform vec3 sunColor;
uniform vec3 sun;
varying vec3 vDirection;
float dither(vec2 p) { return fract(sin(dot(p, vec2(12.9898, 78.233))) * 43758.5453) - 0.5; }
void main() {
  vec3 direction = normalize(vDirection);
  float height = max(direction.y, 0.0);
  vec3 color = mix(horizon, middle, smoothstep(-0.02, 0.26, height));
  color = mix(color, zenith, smoothstep(0.12, 0.8, height));
  float toSun = max(dot(direction, sun), 0.0);
  color += sunColor * (0.16 * pow(toSun, 6.0) + 0.22 * pow(toSun, 48.0) + 0.9 * smoothstep(0.9986, 0.9992, toSun));
  gl_FragColor = vec4(color, 1.0);
  #include <tonemapping_fragment>
  #include <colorspace_fragment>
  gl_FragColor.rgb += dither(gl_FragCoord.xy) / 255.0;
}`

export function createSky(): Mesh {
  const material = new ShaderMaterial({
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    side: BackSide,
    depthWrite: false,
    fog: false,
    uniforms: {
      zenith: { value: new Color(SKY.zenith) },
      middle: { value: new Color(SKY.middle) },
      horizon: { value: new Color(SKY.horizon) },
      sunColor: { value: new Color(SKY.sun) },
      sun: { value: SUN_DIRECTION },
    },
  })
  const mesh = new Mesh(new SphereGeometry(1, 32, 20), material)
  mesh.frustumCulled = false
  mesh.renderOrder = -1
  return mesh
}
