/** The sky: a soft gradient with a hazy sun, far ridges and a ringed neighbour, drawn behind everything. */
import { BackSide, Color, Mesh, ShaderMaterial, SphereGeometry, Vector3 } from 'three'
import { SKY } from './palette.ts'

/** Direction to the sun, a unit vector. Low and warm. */
export const SUN_DIRECTION = new Vector3(-0.62, 0.66, 0.3).normalize()

/** A pale ringed neighbour, ahead of where players start. */
const PLANET = new Vector3(0.34, 0.2, -1).normalize()
const PLANET_RIGHT = new Vector3(0, 1, 0).cross(PLANET).normalize().negate()
const PLANET_UP = PLANET.clone().cross(PLANET_RIGHT).negate()

const VERTEX = `
varying vec3 vDirection;
void main() {
  vDirection = position;
  vec4 clip = projectionMatrix * mat4(mat3(modelViewMatrix)) * vec4(position, 1.0);
  gl_Position = clip.xyww;
}`

const FRAGMENT = `
uniform vec3 planet;
uniform vec3 planetRight;
uniform vec3 planetUp;
uniform vec3 zenith;
uniform vec3 middle;
uniform vec3 horizon;
uniform vec3 sunColor;
uniform vec3 sun;
varying vec3 vDirection;
float dither(vec2 p) { return fract(sin(dot(p, vec2(12.9898, 78.233))) * 43758.5453) - 0.5; }

// A far ridge's height over the horizon at a heading: sums of waves whose counts are whole, so that it closes on itself.
float ridge(float heading, float seed, float size) {
  return size * (0.55 + 0.26 * sin(heading * 5.0 + seed) + 0.17 * sin(heading * 11.0 + seed * 2.3) + 0.09 * sin(heading * 23.0 + seed * 4.1) + 0.04 * sin(heading * 47.0 + seed));
}
vec3 withPlanet(vec3 sky, vec3 direction) {
  vec2 at = vec2(dot(direction, planetRight), dot(direction, planetUp)) / 0.078;
  if (dot(direction, planet) < 0.8) return sky;
  float away = length(at);
  float disc = smoothstep(1.012, 0.988, away);
  float lit = 0.5 + 0.5 * dot(vec3(at, sqrt(max(0.0, 1.0 - away * away))), normalize(vec3(-0.75, 0.5, 0.42)));
  vec2 tilted = vec2(at.x * 0.94 + at.y * 0.34, (at.y * 0.94 - at.x * 0.34) * 3.6);
  float span = length(tilted);
  float ring = smoothstep(1.36, 1.40, span) * smoothstep(2.02, 1.96, span) * (1.0 - 0.75 * smoothstep(0.03, 0.0, abs(span - 1.72)));
  float behind = tilted.y > 0.0 ? 1.0 - disc : 1.0;
  vec3 body = mix(sky, vec3(1.0, 0.965, 0.93), 0.62 * smoothstep(0.25, 0.95, lit));
  vec3 color = mix(sky, body, disc);
  return mix(color, vec3(1.0, 0.97, 0.95), ring * behind * 0.42);
}
void main() {
  vec3 direction = normalize(vDirection);
  float height = max(direction.y, 0.0);
  vec3 color = mix(horizon, middle, smoothstep(-0.02, 0.26, height));
  color = mix(color, zenith, smoothstep(0.12, 0.8, height));
  float toSun = max(dot(direction, sun), 0.0);
  color += sunColor * (0.16 * pow(toSun, 6.0) + 0.22 * pow(toSun, 48.0) + 0.9 * smoothstep(0.9986, 0.9992, toSun));
  color = withPlanet(color, direction);
  float heading = atan(direction.x, direction.z);
  float soft = 0.0018;
  color = mix(color, mix(horizon, middle, 0.42), smoothstep(soft, -soft, direction.y - ridge(heading, 1.7, 0.052)) );
  color = mix(color, mix(horizon, middle, 0.24), smoothstep(soft, -soft, direction.y - ridge(heading, 4.2, 0.030)) );
  color = mix(color, horizon, smoothstep(0.022, -0.004, direction.y));
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
      planet: { value: PLANET },
      planetRight: { value: PLANET_RIGHT },
      planetUp: { value: PLANET_UP },
    },
  })
  const mesh = new Mesh(new SphereGeometry(1, 32, 20), material)
  mesh.frustumCulled = false
  mesh.renderOrder = -1
  return mesh
}
