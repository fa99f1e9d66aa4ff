@tool
extends RefCounted
## Something that is loaded once for all its users: a package's manifest, or one of its models.

## A user's distance is used for this time, unless another user is nearer.
const SEEN_MSEC := 500

const Manifest := preload("manifest.gd")
const Model := preload("../model/model.gd")

## Emitted when it is loaded, or could not be: see [member load_error].
signal settled

enum State { WAITING, LOADING, READY, FAILED }

## Hash of a package, or of a file.
var key := ""
## The package's manifest, once loaded.
var manifest: Manifest
## The package of a model file, and the file in it.
var package := ""
var file: Manifest.ModelFile
var model: Model
var state := State.WAITING
## Why it could not be loaded; "" if nothing is wrong. Transient failures are retried.
var load_error := ""
## Number of users.
var users := 0
## Distance of the nearest user, metres.
var metres := INF
var failures := 0
var retry_at_msec := 0.0
## When its last user released it.
var idle_since_msec := 0.0

var _seen_until_msec := 0


## Sets the distance of a user, metres.
func see(metres_here: float) -> void:
	var now_msec := Time.get_ticks_msec()
	if metres_here <= metres or now_msec >= _seen_until_msec:
		metres = metres_here
		_seen_until_msec = now_msec + SEEN_MSEC
