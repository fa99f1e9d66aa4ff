@tool
extends RefCounted
## Something that is loaded once for all who want it: a package's manifest, or one of its models.

## What somebody said of the distance counts this long, unless another is nearer.
const SEEN_MSEC := 500

const Manifest := preload("manifest.gd")
const Model := preload("../model/model.gd")

## It is there, or cannot be had: [member problem] says why.
signal settled

enum State { WAITING, LOADING, READY, FAILED }

## What it is: a package's hash, or a file's.
var key := ""
## Of a package, once it is there.
var manifest: Manifest
## Of a model file: of which package, and which file of it.
var package := ""
var file: Manifest.ModelFile
var model: Model
var state := State.WAITING
## What is wrong with it, in words; empty: nothing. What failed for a passing reason is tried again.
var load_error := ""
## How many want it.
var users := 0
## How far the nearest who wants it is.
var metres := INF
var failures := 0
var again_at_msec := 0.0
## Since when nobody wants it.
var idle_since_msec := 0.0

var _seen_until_msec := 0


## Says how far somebody who wants it is, metres.
func see(metres_here: float) -> void:
	var now_msec := Time.get_ticks_msec()
	if metres_here <= metres or now_msec >= _seen_until_msec:
		metres = metres_here
		_seen_until_msec = now_msec + SEEN_MSEC
