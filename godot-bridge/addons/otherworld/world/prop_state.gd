class_name OtherworldPropState
extends RefCounted
## A prop of the realm as it is to be drawn now.
##
## [OtherworldClient] keeps one for each prop and brings it up to date in each frame; hold on to it and read it after
## [signal OtherworldClient.frame_updated]. What this client holds is in its hand at once, the others a little in the past.

enum Motion { STATIC, DYNAMIC, KINEMATIC }

## Id in the realm, never used again.
var element: int
## For people.
var name: String
## What moves it.
var motion: Motion
## Its colliders (messages of the wire); of a package: one box around them.
var colliders: Array = []
## 0xRRGGBB, for what has no package.
var color: int
## Hash of the package that it is of, 64 hex digits; empty: it is its colliders.
var package: String
## The user that it belongs to; 0: the realm.
var owner: int
## Who may do what with it, two bits for each of drag, scale, despawn; see [method OtherworldClient.can].
var access: int

## Factor of its size.
var scale: float
## The player that holds it; 0: nobody.
var holder: int
## Where its own origin is, metres.
var position: Vector3
## How it is turned.
var rotation: Quaternion
## It rests.
var is_asleep: bool
