class_name OtherworldPropState
extends RefCounted
## The state of one prop in the current frame.
##
## [OtherworldClient] keeps one for each prop and updates it in each frame. You can keep a reference and read it after
## [signal OtherworldClient.frame_updated]. Props that you hold are predicted. Other props are interpolated and shown
## slightly in the past.

## How a prop moves.
enum Motion { STATIC, DYNAMIC, KINEMATIC }

## Id in the realm. Never reused.
var element: int
## Name for display.
var name: String
## How the prop moves.
var motion: Motion
## Colliders, as messages of the protocol. A package has one box around its colliders.
var colliders: Array = []
## Colour 0xRRGGBB for props without a package.
var color: int
## Hash of its package, 64 hex digits. Empty if the prop consists of its colliders.
var package: String
## User number of the owner. 0 is the realm.
var owner: int
## Access rights: the players who may drag, scale and despawn it. See [method OtherworldClient.can] and
## [method OtherworldClient.set_access].
var access := OtherworldAccess.new()

## Scale factor.
var scale: float
## Player number of the holder. 0 if nobody holds it.
var holder: int
## Position of its origin, realm space.
var position: Vector3
## Rotation, realm space.
var rotation: Quaternion
## [code]true[/code] while the physics engine has put it to sleep.
var is_asleep: bool
